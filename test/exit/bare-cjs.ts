import { run } from './program'
import { taskFromArguments } from './task'

run(taskFromArguments())

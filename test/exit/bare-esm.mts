import { run } from './program.js'
import { taskFromArguments } from './task.js'

run(taskFromArguments())

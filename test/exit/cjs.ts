import * as hewn from '../../lib/index'
import { file } from '../../transports/file'
import { openHewn } from './hewn-subject'
import { run } from './program'
import { taskFromArguments } from './task'

run(taskFromArguments(), task => openHewn(hewn, file, task))

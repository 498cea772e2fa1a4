import * as hewn from '../../lib/index.mjs'
import { file } from '../../transports/file.mjs'
import { openHewn } from './hewn-subject.js'
import { run } from './program.js'
import { taskFromArguments } from './task.js'

run(taskFromArguments(), task => openHewn(hewn, file, task))

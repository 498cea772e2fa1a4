import cluster from 'node:cluster'
import { taskFromArguments } from './task'

/** Runs the program of its second argument as a cluster worker, and ends as the worker ended. */
cluster.setupPrimary({ exec: process.argv[3] ?? '', args: [JSON.stringify(taskFromArguments())] })
const worker = cluster.fork()
worker.on('exit', (code, signal) => {
  if (signal !== null) process.kill(process.pid, signal)
  else process.exitCode = code
})

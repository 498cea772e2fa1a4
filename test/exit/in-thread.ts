import { Worker } from 'node:worker_threads'
import { taskFromArguments } from './task'

/** Runs the program of its second argument in a worker thread, and ends with the thread's exit code. */
const task = taskFromArguments()
const worker = new Worker(process.argv[3] ?? '', { argv: [JSON.stringify(task)] })
worker.on('error', () => {})
worker.on('exit', code => {
  process.exitCode = code
})
worker.on('message', () => {
  void worker.terminate()
})

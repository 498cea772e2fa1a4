import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'

/**
 * The script that the process was started with, as it stands in process.argv; undefined for `node -e`, for a program
 * from standard input and in a REPL.
 *
 * In a worker thread process.argv[1] is the worker's own file, which may belong to a library. So the main thread
 * leaves its answer for the threads started after it has asked; one started earlier falls back on its own file.
 */
export function entryScript(): string | undefined {
  if (!isMainThread) {
    const told = getEnvironmentData(KEY)
    return typeof told === 'string' ? told || undefined : process.argv[1]
  }
  const entry = process.execArgv.some(option => EVAL.test(option)) ? undefined : process.argv[1]
  setEnvironmentData(KEY, entry ?? '')
  return entry
}

const KEY = 'hewn.entry.1'
/** With these, process.argv[1] is the first argument of the program instead. */
const EVAL = /^(?:-e|-p|-pe|--eval|--print)(?:=|$)/

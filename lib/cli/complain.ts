import { formatProblem, type Problem } from '../problem'

/** Tells what is wrong. Returns the exit status, for whoever ends with it. */
export function complain(problems: readonly Problem[], status: number): number {
  for (const problem of problems) process.stderr.write(`${formatProblem(problem)}\n`)
  return status
}

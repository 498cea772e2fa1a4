/**
 * An error with a place. Everything that reads a person's text or options (the level grammar, the
 * configuration, createLogger) answers mistakes with this one shape, so that they all look the same.
 */
export interface Problem {
  /** Where it was read: `LOG_LEVEL`, a file's path, `createLogger({ level })`. */
  readonly where: string
  /** What was found there, already safe to show: never a secret's value. */
  readonly found: string
  /** What would have been right. */
  readonly expected: string
  /** The nearest valid word, if one is near. */
  readonly suggestion?: string | undefined
  /** The text the mistake stands in, for the caret. */
  readonly text?: string | undefined
  /** Offset of the mistake in `text`, in UTF-16 units. */
  readonly at?: number | undefined
  /** How many units of `text` are wrong; 1 if absent. */
  readonly length?: number | undefined
}

const CONTEXT = 60

/** The problem as a person reads it: one sentence, then the text with a caret under the place. */
export function formatProblem(problem: Problem): string {
  const hint = problem.suggestion === undefined ? '' : `; did you mean ${quote(problem.suggestion)}?`
  const sentence = `${problem.where}: found ${problem.found}, expected ${problem.expected}${hint}`
  if (problem.text === undefined || problem.at === undefined) return sentence
  const from = Math.max(0, problem.at - CONTEXT)
  const to = Math.min(problem.text.length, problem.at + CONTEXT)
  const line = visible(problem.text.slice(from, to))
  const before = visible(problem.text.slice(from, problem.at)).length
  const width = Math.max(1, Math.min(problem.length ?? 1, to - problem.at))
  const lead = from > 0 ? '…' : ''
  return `${sentence}\n  ${lead}${line}${to < problem.text.length ? '…' : ''}\n  ${' '.repeat(before + lead.length)}${'^'.repeat(width)}`
}

/** Thrown by set-up calls only (createLogger, configure). `problems` holds every mistake, not just the first. */
export class HewnError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'))
    this.name = 'HewnError'
    this.problems = problems
  }
}

/** Wraps a word for a message, so that spaces and control characters in it can be seen. Cut at 60 characters. */
export function quote(word: string): string {
  return `'${visible(word.length > CONTEXT ? `${word.slice(0, CONTEXT)}…` : word)}'`
}

/** The candidate within a third of the word's length in edits (case ignored), else undefined. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.slice(0, CONTEXT).toLowerCase()
  let best: string | undefined
  let bound = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase(), bound)
    if (distance < bound) {
      bound = distance
      best = candidate
    }
  }
  return best
}

/** Damerau-Levenshtein (neighbours swapped count once); gives up at `bound`. */
function editDistance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) >= bound) return bound
  let older: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(row[j - 1]! + 1, previous[j]! + 1, previous[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, older[j - 2]! + 1)
      row.push(cost)
    }
    older = previous
    previous = row
  }
  return previous[b.length]!
}

/** One column for each unit, so that the caret stands where it should, and no control character reaches a terminal. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\u00b7')
}

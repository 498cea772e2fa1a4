import { isDeepStrictEqual } from 'node:util'
import { type Contestant, type Fields, REDACTED } from './contestants/contestant'
import type { Inputs } from './inputs'

/** What the lines of a case must say. */
export interface Expectation {
  readonly inputs: Inputs
  readonly operation: 'message' | 'fields' | 'error' | 'child'
  /** Bound or context fields. */
  readonly common: Fields
  /** Paths of values that must not be there. */
  readonly redact?: readonly string[] | undefined
}

/**
 * Reads one pass over the inputs at the far end: every line is JSON and says, in order, what its call was given.
 * Throws at the first that does not.
 */
export function verify(text: string, contestant: Contestant, expected: Expectation): void {
  const lines = text.split('\n')
  const torn = lines.pop()
  if (torn !== '') throw new Error(`the last line is torn: ${torn}`)
  const { messages } = expected.inputs
  if (lines.length !== messages.length) throw new Error(`${messages.length} calls came to ${lines.length} lines`)
  lines.forEach((line, index) => {
    const problem = wrong(line, index, contestant, expected)
    if (problem !== undefined) throw new Error(`line ${index}: ${problem}: ${line.slice(0, 600)}`)
  })
}

function wrong(line: string, index: number, contestant: Contestant, expected: Expectation): string | undefined {
  const { inputs, operation } = expected
  const reading = contestant.read(JSON.parse(line) as Fields)
  if (reading.level !== (operation === 'error' ? 'error' : 'info')) return `level ${reading.level}`
  if (!(Math.abs(reading.time - Date.now()) < MINUTES)) return `time ${reading.time}`
  if (reading.message !== inputs.messages[index]) return `message ${reading.message}`
  if (operation === 'error') return wrongError(reading.fields.err, inputs.errors[index])
  const given = operation === 'message' ? {} : inputs.fields[index]
  const { redact = [] } = expected
  const wanted = redact.reduce((fields, path) => without(fields, path.split('.')), { ...expected.common, ...given })
  return isDeepStrictEqual(reading.fields, wanted) ? undefined : 'the fields differ'
}

/** A copy in which what a path leads to is redacted, if it leads anywhere. */
function without(fields: Fields, [key = '', ...rest]: readonly string[]): Fields {
  const value = fields[key]
  if (value === undefined) return fields
  return { ...fields, [key]: rest.length === 0 ? REDACTED : without(value as Fields, rest) }
}

function wrongError(found: unknown, error: Error | undefined): string | undefined {
  const { type, message, stack } = (found ?? {}) as Fields
  const same = type === error?.name && message === error?.message && stack === error?.stack
  return same ? undefined : 'the error differs'
}

/** A pass takes well under a second; the clock of another machine would be further off. */
const MINUTES = 300_000

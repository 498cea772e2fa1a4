import type { Operation } from './cases'
import type { Log } from './contestants/contestant'
import type { Inputs } from './inputs'

/** The calls of a case by the number of their input: `make` for the clock, `check` for the far end to read. */
export interface Calls {
  make(index: number): void
  check(index: number): void
}

export function callsOf(log: Log, operation: Operation, inputs: Inputs): Calls {
  const { messages, fields, errors } = inputs
  if (operation === 'child') return childCalls(log, inputs)
  const make = {
    message: (index: number) => log.message(messages[index]!),
    fields: (index: number) => log.fields(fields[index]!, messages[index]!),
    error: (index: number) => log.error(errors[index]!, messages[index]!),
  }[operation]
  return { make, check: make }
}

/** Making a child writes nothing, so what is checked logs through it. A few are kept, or none would be made at all. */
function childCalls(log: Log, { messages, fields }: Inputs): Calls {
  const { child } = log
  if (child === undefined) throw new Error('no child loggers here')
  const kept = new Array<unknown>(64).fill(undefined)
  return {
    make(index) {
      kept[index & 63] = child(fields[index]!)
    },
    check: index => child(fields[index]!).message(messages[index]!),
  }
}

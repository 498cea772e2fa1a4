import type { Refusal } from '../outcome'
import type { SourceLine } from '../source'
import type { Fate } from '../window'

/** What was found out so far about the lines of one batch. */
export class Trial {
  /** Refused alone, and not yet set aside. */
  readonly suspects: { readonly line: SourceLine; readonly refusal: Refusal }[] = []
  /** Was any line of the batch taken? */
  accepted = false
  /** Was the batch, or a part of it, refused for its size? */
  tooLarge = false
  /** Bytes of the largest part that was taken. */
  largest = 0
  /** Is any line settled? */
  begun = false

  constructor(private readonly onSettled: (lines: readonly SourceLine[], fate: Fate) => void) {}

  settle(lines: readonly SourceLine[], fate: Fate): void {
    this.begun = true
    this.onSettled(lines, fate)
  }
}

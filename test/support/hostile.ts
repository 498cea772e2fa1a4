import { behaviours } from './hostile/behaviour'
import { builtIns } from './hostile/built-ins'
import { errors } from './hostile/errors'
import { sizes } from './hostile/size'
import { texts } from './hostile/text'
import { traps } from './hostile/traps'

/** A value that an unlucky or malicious caller might log. */
export interface Hostile {
  readonly name: string
  /** A fresh value. */
  readonly make: () => unknown
  /**
   * What the line must say in its place: `true`, anything that names a reason; a pattern, something of the kind;
   * `false`, nothing beyond good JSON: then it may also be left out.
   */
  readonly marked: boolean | RegExp
  /** The line's length in bytes when it is one small field's value; default MOST. */
  readonly most?: number
  /** Set for what changes when it is read, whoever reads it. */
  readonly changes?: boolean
  /** Set where making one takes long: then one is logged in all ways. */
  readonly once?: boolean
  /** Set where merely listing its keys takes the engine half a second. */
  readonly slow?: boolean
}

/** A line's bound, in bytes, and each hostile value's unless it names a closer one. */
export const MOST = 262_144

/** How a mark may put it: why a value is not there as it was. */
export const REASON =
  /thr[eo]w|circular|cycl|cut|trunc|deep|depth|omit|more|revoked|unreadable|cannot|can't|invalid|not a|symbol|function|class|proxy|promise|weak|…/i

export const hostiles: readonly Hostile[] = [...behaviours, ...traps, ...errors, ...sizes, ...texts, ...builtIns]

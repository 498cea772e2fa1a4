/**
 * One process for disabled calls: a single call site, in a loop that does a little else, on one kind of logger or on
 * five that take turns. More than four kinds, and V8 no longer remembers them at the call site.
 */
import { contestantNamed } from './contestants/all'
import type { Fields, Site } from './contestants/contestant'
import type { Answer, SiteJob } from './protocol'
import { collectGarbage } from './rounds'

const CALLS = 2_000_000
const SLOTS = 1024

/** What a disabled call is measured against. */
class Empty {
  debug(_fields: Fields, _message: string): void {}
}

const { contestant, shapes } = JSON.parse(process.argv[2] ?? '') as SiteJob
const sites = sitesOf()
const order = Array.from({ length: SLOTS }, (_, slot) => sites[(slot * 7 + (slot >> 3)) % shapes] ?? sites[0])
const fields = Array.from({ length: SLOTS }, (_, slot) => ({ slot, user: `user-${slot}` }))
let kept = 0

function sitesOf(): readonly [Site, ...Site[]] {
  if (contestant === 'empty') return [new Empty()]
  const made = contestantNamed(contestant, 'field1').sites?.()
  if (made === undefined) throw new Error(`${contestant} has no loggers for disabled calls`)
  return made
}

function round(): number {
  let sum = 0
  const started = performance.now()
  for (let i = 0; i < CALLS; i++) {
    const slot = i & (SLOTS - 1)
    sum = (Math.imul(sum, 31) + i) | 0
    order[slot]!.debug(fields[slot]!, 'cache miss')
  }
  const ns = (performance.now() - started) * 1e6
  kept ^= sum
  return ns
}

process.on('message', () => {
  collectGarbage()
  process.send?.({ lines: CALLS, ns: round(), numbers: { kept } } satisfies Answer)
})
process.on('disconnect', () => process.exit())
for (let i = 0; i < 5; i++) round()
process.send?.({} satisfies Answer)

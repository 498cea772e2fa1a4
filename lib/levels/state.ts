import { clearTimeout, setTimeout } from 'node:timers'
import type { Problem } from '../problem'
import { formatDuration, parseDuration } from './duration'
import { parseLevels } from './grammar'
import type { LevelTable } from './levels'
import { printRules, type Rule } from './rule'
import { type Layer, LevelRules } from './rules'

/** The layers below those of `setLevels`, the lowest first. */
const KINDS = ['defaults', 'file', 'configure', 'env'] as const
export type LayerKind = (typeof KINDS)[number]

/** How many overlays are in force at most. */
export const MAX_OVERLAYS = 100

/** The longest wait that a timer takes; beyond it, one fires at once. */
const MAX_TIMER = 0x7fff_ffff

export interface OverlayResult {
  /** By which `remove` and the admin route know it; undefined if nothing was applied. */
  readonly id: number | undefined
  readonly problems: readonly Problem[]
  /** Takes it off. Does nothing if it has ended or was never applied. */
  remove(): void
}

/** An overlay as another thread needs it. */
export interface SharedOverlay {
  readonly id: number
  readonly text: string
  /** When it ends, in ms of `monotonicNow`, which is the same in all threads; absent if it stays. */
  readonly deadline?: number | undefined
}

/** An overlay as people see it. */
export interface OverlayInfo {
  readonly id: number
  readonly levels: string
  /** ms until it ends; null if it stays. */
  readonly remaining: number | null
  /** The same for people: '9m59s'. */
  readonly for: string | null
}

/** Something put over the layers while running, in the order of time. */
interface Entry {
  readonly id: number
  readonly layer: Layer
  readonly from: 'setLevels' | 'assign' | 'main'
  /** The text as given; for an assignment, the name. */
  readonly text: string
  /** Infinity if it stays. */
  readonly deadline: number
}

/**
 * The levels in force, by their origin: four layers, and over them whatever was set while running. Of two
 * that were set while running the later one is the higher, whether it came by `setLevels` or by assigning to
 * a logger's `level`. Never throws.
 */
export class LevelState {
  private readonly levels: LevelTable
  private readonly onChange: () => void
  private readonly base = new Map<LayerKind, Layer>()
  private entries: Entry[] = []
  private lastId = 0
  private timer: NodeJS.Timeout | undefined
  private built: LevelRules | undefined

  /** `onChange` is called after each change, an expiry included, and must not throw. */
  constructor({ levels, onChange }: { levels: LevelTable; onChange: () => void }) {
    this.levels = levels
    this.onChange = onChange
  }

  /** The rules in force: the same object until something changes. Built at the first read after a change. */
  get rules(): LevelRules {
    this.built ??= new LevelRules(this.stack(), this.levels)
    return this.built
  }

  /** Replaces one of the lower layers; '' empties it. `name` is its origin for people, such as a file's path. */
  setLayer(kind: LayerKind, name: string, text: string): readonly Problem[] {
    const { rules, problems } = parseLevels(text, { where: name, levels: this.levels })
    if (rules.length === 0) this.base.delete(kind)
    else this.base.set(kind, { name, rules })
    this.changed()
    return problems
  }

  /**
   * Puts levels over all that is there, for a time (`'10m'`, `'1h30m'`, or ms as a number) or for good. What
   * is right in the text takes effect; a mistake in the duration refuses the whole overlay, as does a text
   * without a single rule. Past 100 overlays the oldest is taken off, and a problem says so.
   */
  overlay(text: string, options: { for?: string | number | undefined } = {}): OverlayResult {
    const { rules, problems } = parseLevels(text, { where: OVERLAY_NAME, levels: this.levels })
    const all = [...problems]
    const duration = options?.for === undefined ? Infinity : parseDuration(options.for, `${OVERLAY_NAME} for`)
    if (typeof duration === 'object') all.push(duration)
    if (rules.length === 0 && problems.length === 0) {
      all.push({ where: OVERLAY_NAME, found: 'no levels', expected: "levels such as 'http=debug'" })
    }
    if (rules.length === 0 || typeof duration === 'object') return { id: undefined, problems: all, remove() {} }
    const id = this.put('setLevels', text, rules, monotonicNow() + duration)
    this.dropOldest(all)
    this.changed()
    return { id, problems: all, remove: () => void this.remove(id) }
  }

  /** Takes an overlay off; false if there is none of that id. */
  remove(id: number): boolean {
    return this.keep(entry => entry.id !== id || entry.from === 'assign')
  }

  /** What assigning to a named logger's `level` does: an exact rule that replaces the name's last one. '' is the root. */
  assign(name: string, level: number): void {
    const last = this.entries.at(-1)
    if (last?.from === 'assign' && last.text === name && last.layer.rules[0]!.level === level) return
    const target = name === '' ? 'default' : 'name'
    this.entries = this.entries.filter(entry => entry.from !== 'assign' || entry.text !== name)
    this.put('assign', name, [{ target, name, glob: false, conditions: [], level }], Infinity)
    this.changed()
  }

  /** What `setLevels` has put on in this thread, for the others. */
  shared(): readonly SharedOverlay[] {
    const own = this.entries.filter(({ from }) => from === 'setLevels')
    return own.map(({ id, text, deadline }) => (deadline === Infinity ? { id, text } : { id, text, deadline }))
  }

  /**
   * Puts exactly the given overlays of the main thread in force here; they keep their ends. Here their ids
   * are negative, so that they never meet this thread's own.
   */
  follow(overlays: readonly SharedOverlay[]): void {
    const now = monotonicNow()
    const wanted = overlays.slice(0, MAX_OVERLAYS).filter(({ deadline = Infinity }) => deadline > now)
    const ids = new Set(wanted.map(({ id }) => -id))
    const kept = this.entries.filter(({ id, from }) => from !== 'main' || ids.has(id))
    const present = new Set(kept.map(({ id }) => id))
    const added = wanted.filter(({ id }) => !present.has(-id))
    if (added.length === 0 && kept.length === this.entries.length) return
    this.entries = kept
    for (const { id, text, deadline = Infinity } of added) {
      const { rules } = parseLevels(text, { where: OVERLAY_NAME, levels: this.levels })
      this.put('main', text, rules, deadline, -id)
    }
    this.changed()
  }

  /** All layers as text, the lowest first. */
  layers(): readonly { name: string; levels: string }[] {
    return this.stack().map(({ name, rules }) => ({ name, levels: printRules(rules, this.levels) }))
  }

  /** The overlays in force, the oldest first. */
  overlays(): readonly OverlayInfo[] {
    const now = monotonicNow()
    return this.entries
      .filter(({ from }) => from !== 'assign')
      .map(({ id, layer, deadline }) => {
        const left = deadline === Infinity ? null : Math.max(0, Math.ceil(deadline - now))
        const levels = printRules(layer.rules, this.levels)
        return { id, levels, remaining: left, for: left === null ? null : formatDuration(left) }
      })
  }

  private stack(): Layer[] {
    const base = KINDS.flatMap(kind => this.base.get(kind) ?? [])
    return [...base, ...this.entries.map(({ layer }) => layer)]
  }

  private put(from: Entry['from'], text: string, rules: readonly Rule[], deadline: number, id = ++this.lastId): number {
    const name = from === 'assign' ? ASSIGNED_NAME : OVERLAY_NAME
    this.entries.push({ id, from, text, deadline, layer: { name, rules } })
    return id
  }

  private dropOldest(problems: Problem[]): void {
    const overlays = this.entries.filter(({ from }) => from === 'setLevels')
    if (overlays.length <= MAX_OVERLAYS) return
    const oldest = overlays[0]!
    this.entries = this.entries.filter(entry => entry !== oldest)
    const found = `${overlays.length} overlays`
    problems.push({
      where: OVERLAY_NAME,
      found,
      expected: `at most ${MAX_OVERLAYS}; the oldest, ${printRules(oldest.layer.rules, this.levels).slice(0, 60)}, was taken off`,
    })
  }

  private keep(wanted: (entry: Entry) => boolean): boolean {
    const kept = this.entries.filter(wanted)
    if (kept.length === this.entries.length) return false
    this.entries = kept
    this.changed()
    return true
  }

  private changed(): void {
    this.built = undefined
    this.arm()
    this.onChange()
  }

  /** One timer for all, set to the next end. It does not keep the process alive. */
  private arm(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    const next = this.entries.reduce((soonest, { deadline }) => Math.min(soonest, deadline), Infinity)
    if (next === Infinity) return
    const wait = Math.max(1, Math.min(MAX_TIMER, Math.ceil(next - monotonicNow())))
    this.timer = setTimeout(() => this.expire(), wait).unref()
  }

  private expire(): void {
    const now = monotonicNow()
    if (!this.keep(({ deadline }) => deadline > now)) this.arm()
  }
}

const OVERLAY_NAME = 'setLevels()'
const ASSIGNED_NAME = 'logger.level ='

/** ms of a clock that no one can set, the same in all threads of the process (`performance.now()` is not). */
export function monotonicNow(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}

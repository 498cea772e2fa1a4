import t from 'tap'
import { at, type Capture, capture, captureRoot, parseLine } from '../support/capture'
import { type Hostile, hostiles, MOST, REASON } from '../support/hostile'
import { difference, snapshot } from '../support/snapshot'
import { asArgument, asParameter, thrown } from './argument-forms'
import { amongOthers } from './field-forms'
import type { Form } from './form'

/** What time, level, pid, host and the form's own fields take beside a value. */
const AROUND = 2048
const root = captureRoot()
const prototypes = [Object, Array, Error, Map, Set, Date, Function, String].map(type => type.prototype)
const before = prototypes.map(prototypeSnapshot)

for (const hostile of hostiles) {
  t.test(`${hostile.name} costs at most itself, in whatever way it is logged`, t => {
    const log = capture()
    const ways = [
      ...faults(log, few(hostile, amongOthers), hostile, hostile.marked),
      ...faults(log, few(hostile, asArgument), hostile, hostile.marked),
      ...faults(log, hostile.slow === true ? [] : asParameter, hostile, false),
      ...faults(log, hostile.slow === true ? [] : thrown, hostile, /thr[eo]w/i),
    ]
    t.same(ways, [])
    t.end()
  })
}

t.test('with a short maxLineBytes every line keeps to it, and keeps what is beside the value', t => {
  const most = 1024
  const log = capture({ maxLineBytes: most })
  const form = amongOthers[0] as Form
  const found: string[] = []
  for (const hostile of hostiles.filter(({ slow }) => slow !== true)) {
    const short = faults(log, [form], { ...hostile, most: most - AROUND }, false)
    found.push(...short.map(fault => `${hostile.name} ${fault}`))
  }
  t.same(found, [])
  t.end()
})

t.test('no prototype of the language was changed by all that', t => {
  t.same(
    prototypes.map((it, i) => difference(before[i] ?? [], prototypeSnapshot(it))).filter(it => it !== undefined),
    [],
  )
  t.end()
})

function few(hostile: Hostile, forms: readonly Form[]): readonly Form[] {
  return hostile.slow === true ? forms.slice(0, 1) : forms
}

/** What is wrong with the lines, as sentences. */
function faults(log: Capture, forms: readonly Form[], hostile: Hostile, marked: Hostile['marked']): string[] {
  const found: string[] = []
  const make = hostile.once === true ? once(hostile.make()) : hostile.make
  for (const form of forms) {
    try {
      check(log, form, { ...hostile, make }, marked)
    } catch (error) {
      found.push(`as ${form.name}: ${String(error).slice(0, 500)}`)
      log.take()
      root.take()
    }
  }
  return found
}

function once(value: unknown): () => unknown {
  return () => value
}

function check(log: Capture, form: Form, hostile: Hostile, marked: Hostile['marked']): void {
  const value = hostile.make()
  const still = hostile.changes !== true && hostile.slow !== true
  const seen = still ? snapshot(value) : []
  form.log(log.loose, value)
  const lines = [...log.take(), ...root.take()]
  if (lines.length !== 1) throw new Error(`${lines.length} lines`)
  const [text] = lines as [string]
  const most = form.place === undefined ? MOST : Math.min(MOST, (hostile.most ?? MOST) + AROUND)
  const line = parseLine(text, most)
  if (line['level'] !== 'info') throw new Error(`level ${String(line['level'])}`)
  for (const [path, kept] of form.kept) {
    if (at(line, ...path) !== kept)
      throw new Error(`${path.join('.')} is not ${JSON.stringify(kept)} in ${start(text)}`)
  }
  const own = form.place === undefined ? { ...line, time: '' } : at(line, ...form.place)
  if (form.place !== undefined || form.takes === undefined || form.takes(value))
    says(JSON.stringify(own) ?? '', marked, text)
  const changed = still ? difference(seen, snapshot(value)) : undefined
  if (changed !== undefined) throw new Error(`the caller's value was changed: ${changed}`)
}

function says(own: string, marked: Hostile['marked'], line: string): void {
  if (marked === false) return
  const pattern = marked === true ? REASON : marked
  if (!pattern.test(own)) throw new Error(`${start(own)} does not say ${pattern} in ${start(line)}`)
}

function start(text: string): string {
  return text.length > 400 ? `${text.slice(0, 300)} ⋯ ${text.slice(-100)}` : text
}

function prototypeSnapshot(prototype: object): unknown[] {
  return Reflect.ownKeys(prototype).flatMap(key => {
    const { value, get } = Reflect.getOwnPropertyDescriptor(prototype, key) as PropertyDescriptor
    return [key, value, get]
  })
}

import { once } from 'node:events'
import { mock } from 'node:test'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { LEVELS, SILENT, STANDARD_LEVELS } from '../../lib/levels/levels'
import { printRules } from '../../lib/levels/rule'
import { LevelState, MAX_OVERLAYS, monotonicNow } from '../../lib/levels/state'
import { holds } from '../support/property'
import { someName, someRule } from './generators'

/** A state whose changes can be counted and awaited. */
class Watched extends LevelState {
  changes = 0
  private readonly events: EventTarget

  constructor() {
    const events = new EventTarget()
    super({ levels: STANDARD_LEVELS, onChange: () => events.dispatchEvent(new Event('change')) })
    this.events = events
    events.addEventListener('change', () => this.changes++)
  }

  /** The next change. Its timers keep no process alive, so this does. */
  async change(): Promise<void> {
    const awake = setInterval(() => {}, 1000)
    await once(this.events, 'change')
    clearInterval(awake)
  }

  level(name: string): string {
    return STANDARD_LEVELS.label(this.rules.resolve(name).level)
  }
}

t.test('layers stand over each other in a fixed order, whenever they are set', async t => {
  const state = new Watched()
  state.setLayer('env', 'LOG_LEVEL', 'warn')
  state.setLayer('configure', 'configure()', 'error,b=error')
  state.setLayer('file', '/etc/app.json', 'fatal,b=fatal,c=fatal')
  state.setLayer('defaults', 'defaults', 'info,b=info,c=info,d=info')
  t.strictSame(
    ['a', 'b', 'c', 'd'].map(name => state.level(name)),
    ['warn', 'error', 'fatal', 'info'],
  )
  t.strictSame(
    state.layers().map(({ name }) => name),
    ['defaults', '/etc/app.json', 'configure()', 'LOG_LEVEL'],
  )
  state.setLayer('env', 'LOG_LEVEL', '')
  t.equal(state.level('a'), 'error')
})

t.test('a mistake in a layer is answered with its name, and the rest takes effect', async t => {
  const state = new Watched()
  t.match(state.setLayer('env', 'LOG_LEVEL', 'http=debgu,warn'), [{ where: 'LOG_LEVEL', suggestion: 'debug' }])
  t.equal(state.level('http'), 'warn')
})

t.test('the rules are built once a change, and only if they are read', async t => {
  const state = new Watched()
  const before = state.rules
  t.equal(state.rules, before)
  state.overlay('debug')
  t.not(state.rules, before)
  t.equal(state.changes, 1)
})

t.test('an overlay stands over all layers, and the later one over the earlier', async t => {
  const state = new Watched()
  state.setLayer('env', 'LOG_LEVEL', 'http=warn')
  const first = state.overlay('http=debug')
  const second = state.overlay('http=error')
  t.equal(state.level('http'), 'error')
  first.remove()
  t.equal(state.level('http'), 'error', 'one that is taken off does not undo another')
  second.remove()
  t.equal(state.level('http'), 'warn')
  const changes = state.changes
  second.remove()
  t.equal(state.changes, changes, 'taking it off again does nothing')
})

t.test('an overlay ends by itself and leaves the others', async t => {
  const state = new Watched()
  state.overlay('http=trace', { for: '1h' })
  state.overlay('http=debug,db=debug', { for: 5 })
  t.equal(state.level('http'), 'debug')
  await state.change()
  t.equal(state.level('http'), 'trace')
  t.equal(state.level('db'), 'info')
  t.match(state.overlays(), [{ levels: 'http=trace', for: /^(1h|59m\d+s)$/ }])
})

/** Takes over the clock and the timers until the test ends; gives the way to let time pass. */
function takeClock(t: Pick<Test, 'capture' | 'teardown'>): (ms: number) => void {
  let now = 1_000_000
  t.capture(process, 'hrtime', () => [Math.floor(now / 1000), (now % 1000) * 1e6])
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  return ms => {
    now += ms
    mock.timers.tick(ms)
  }
}

t.test('overlays end in the order of their ends, not of their beginnings', async t => {
  const pass = takeClock(t)
  const state = new Watched()
  state.overlay('a=debug', { for: '30s' })
  state.overlay('b=debug', { for: 5000 })
  state.overlay('c=debug')
  const levels = (): string[] => ['a', 'b', 'c'].map(name => state.level(name))
  pass(4999)
  t.strictSame(levels(), ['debug', 'debug', 'debug'])
  pass(1)
  t.strictSame(levels(), ['debug', 'info', 'debug'])
  t.match(state.overlays(), [{ remaining: 25_000, for: '25s' }, { remaining: null }])
  pass(25_000)
  t.strictSame(levels(), ['info', 'info', 'debug'])
})

t.test('an end beyond what one timer can wait is waited for in steps', async t => {
  const day = 86_400_000
  const pass = takeClock(t)
  const state = new Watched()
  state.overlay('a=debug', { for: '60d' })
  for (let days = 1; days <= 60; days++) {
    t.equal(state.level('a'), 'debug')
    pass(day)
  }
  t.equal(state.level('a'), 'info')
  t.equal(state.changes, 2)
})

t.test('overlays of the main thread are taken up as they are, with their ends', async t => {
  const pass = takeClock(t)
  const state = new Watched()
  state.overlay('own=debug')
  const ends = { id: 1, text: 'a=debug', deadline: monotonicNow() + 1000 }
  const stays = { id: 2, text: 'b=debug' }
  const past = { id: 3, text: 'c=debug', deadline: monotonicNow() }
  const texts = (): string[] => state.overlays().map(({ levels }) => levels)
  state.follow([ends, stays, past])
  t.strictSame(texts(), ['own=debug', 'a=debug', 'b=debug'])
  const changes = state.changes
  state.follow([ends, stays])
  t.equal(state.changes, changes, 'the same again changes nothing')
  t.strictSame(state.shared(), [{ id: 1, text: 'own=debug' }], 'what is followed is not shared further')
  pass(1000)
  t.strictSame(texts(), ['own=debug', 'b=debug'])
  state.follow([])
  t.strictSame(texts(), ['own=debug'])
})

t.test('no timer is asked to wait longer than it can', async t => {
  const warnings: string[] = []
  const note = (warning: Error): void => void warnings.push(warning.name)
  process.on('warning', note)
  t.teardown(() => process.off('warning', note))
  new Watched().overlay('a=debug', { for: '60d' })
  await new Promise(resolve => setImmediate(resolve))
  t.notOk(warnings.includes('TimeoutOverflowWarning'))
})

t.test('a mistake in the duration refuses the overlay', async t => {
  const state = new Watched()
  for (const bad of ['10 minutes', '', 0, -5, Number.NaN, Infinity, '400d', null, {}]) {
    const { id, problems, remove } = state.overlay('http=debug', { for: bad as string })
    t.equal(id, undefined)
    t.match(problems, [{ where: 'setLevels() for', expected: /duration/ }])
    remove()
  }
  t.equal(state.changes, 0)
})

t.test('what is right in an overlay takes effect, and nothing is refused', async t => {
  const state = new Watched()
  t.match(state.overlay('http=debgu,db=debug'), { id: 1, problems: [{ suggestion: 'debug' }] })
  t.equal(state.level('db'), 'debug')
  for (const nothing of ['', ' ,', 'x', undefined]) {
    const { id, problems } = state.overlay(nothing as string, null as never)
    t.equal(id, undefined)
    t.equal(problems.length, 1)
  }
  t.equal(state.changes, 1)
})

t.test('past a hundred overlays the oldest is taken off, and that is said', async t => {
  const state = new Watched()
  state.setLayer('env', 'LOG_LEVEL', 'first=warn')
  state.overlay('first=debug')
  for (let i = 1; i < MAX_OVERLAYS; i++) t.strictSame(state.overlay(`x${i}=debug`, { for: '1h' }).problems, [])
  t.equal(state.level('first'), 'debug')
  t.match(state.overlay('last=debug').problems, [
    { found: '101 overlays', expected: /the oldest, first=debug, was taken off/ },
  ])
  t.equal(state.overlays().length, MAX_OVERLAYS)
  t.strictSame([state.level('first'), state.level('last')], ['warn', 'debug'])
})

t.test('assigning a level is an exact rule that replaces the last one of that name', async t => {
  const state = new Watched()
  state.setLayer('env', 'LOG_LEVEL', 'warn,http=warn')
  state.assign('http', LEVELS.debug)
  state.assign('http', LEVELS.error)
  state.assign('', LEVELS.trace)
  t.strictSame(
    ['http', 'http.client', 'other'].map(name => state.level(name)),
    ['error', 'error', 'trace'],
  )
  t.strictSame(
    state.layers().map(({ levels }) => levels),
    ['warn,http=warn', 'http=error', 'trace'],
  )
  t.strictSame(state.overlays(), [], 'an assignment is no overlay')
  const changes = state.changes
  state.assign('', LEVELS.trace)
  t.equal(state.changes, changes, 'the same again changes nothing')
})

t.test('of an assignment and an overlay the later one decides', async t => {
  const state = new Watched()
  state.assign('http', LEVELS.error)
  const overlay = state.overlay('http=debug', { for: '10m' })
  t.equal(state.level('http'), 'debug', 'who switches from outside is heard, whatever the code assigned before')
  state.assign('http', LEVELS.fatal)
  t.equal(state.level('http'), 'fatal')
  overlay.remove()
  t.equal(state.level('http'), 'fatal')
  t.equal(state.remove(99), false)
})

t.test('a name with the characters of the grammar can be assigned to', async t => {
  const state = new Watched()
  state.assign('a,b=[*]', SILENT)
  t.equal(state.level('a,b=[*].c'), 'silent')
  t.strictSame(state.layers(), [{ name: 'logger.level =', levels: '"a,b=[*]"=silent' }])
})

const someStep = fc.oneof(
  fc.record({ put: fc.array(someRule, { minLength: 1, maxLength: 3 }), for: fc.constantFrom(undefined, '1h', 60_000) }),
  fc.record({ remove: fc.nat(10) }),
)

t.test('overlays applied and taken off in any order equal the set that remains', async t => {
  holds(
    t,
    fc.property(fc.array(someStep, { maxLength: 12 }), fc.array(someName, { maxLength: 4 }), (steps, names) => {
      const state = new Watched()
      let live: { text: string; remove(): void }[] = []
      for (const step of steps) {
        if ('put' in step) {
          const text = printRules(step.put, STANDARD_LEVELS)
          live.push({ text, remove: state.overlay(text, { for: step.for }).remove })
        } else {
          live[step.remove]?.remove()
          live = live.filter((_, i) => i !== step.remove)
        }
      }
      const fresh = new Watched()
      for (const { text } of live) fresh.overlay(text)
      const same = names.every(
        name => JSON.stringify(state.rules.explain(name)) === JSON.stringify(fresh.rules.explain(name)),
      )
      for (const { remove } of live) remove()
      return same && state.overlays().length === 0 && state.layers().length === 0
    }),
    200,
  )
})

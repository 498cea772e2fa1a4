import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { exitRegistry } from '../../lib/output/exit'
import { openFile } from '../../lib/output/open'
import { makeHost } from './fixtures/host'
import { numbers } from './fixtures/lines'
import { run } from './fixtures/run'

const folder = t.testdir()
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)
const listeners = ['exit-first', 'exit-last']

for (const sink of ['file', 'destination'] as const) {
  for (const end of ['natural', 'exit', 'throw'] as const) {
    t.test(`every line is in the ${sink} after the end by ${end}, those of the last listeners too`, async t => {
      const path = join(folder, `${sink}-${end}.log`)
      const ended = await run({ sink, options: { path }, lines: 1000, burst: 1000, listeners: true, end })
      t.equal(ended.code, end === 'exit' ? 7 : end === 'throw' ? 1 : 0, ended.stderr)
      const natural = end === 'natural' ? ['beforeExit-first', 'beforeExit-last'] : []
      t.same(numbers(readFileSync(path, 'utf8')), [...upTo(1000), ...natural, ...listeners])
    })
  }
}

t.test('after SIGKILL, durability line has every line, durability turn every line of the turns that ended', async t => {
  for (const durability of ['line', 'turn'] as const) {
    const path = join(folder, `kill-${durability}.log`)
    const host = { durability }
    const ended = await run({ sink: 'file', options: { path }, host, lines: 100, burst: 30, end: 'kill' })
    t.equal(ended.signal, 'SIGKILL')
    t.same(numbers(readFileSync(path, 'utf8')), upTo(durability === 'line' ? 100 : 90))
  }
})

t.test('one listener for the process, however many sinks and copies of hewn there are', async t => {
  const path = join(folder, 'copies.log')
  const ended = await run({ sink: 'file', options: { path }, lines: 1, after: 'copy', end: 'exit' })
  t.equal(ended.stderr, 'exit 1\nbeforeExit 1\nSIGTERM 1\nSIGINT 1\n')
  t.same(numbers(readFileSync(path, 'utf8')), [0])
  t.same(numbers(readFileSync(`${path}.copy`, 'utf8')), ['copy'])
  const open = (i: number) => openFile({ path: join(folder, `many-${i}.log`) }, makeHost())
  const sinks = [open(0)]
  const before = process.listenerCount('exit')
  for (let i = 1; i < 20; i++) sinks.push(open(i))
  t.equal(process.listenerCount('exit'), before)
  for (const sink of sinks) await sink.close(1000)
})

t.test('a sink that nobody holds can be collected, and one that holds a line is not', async t => {
  const path = join(folder, 'collected.log')
  const script = `
    const { openFile } = require(${JSON.stringify(require.resolve('../../lib/output/open'))})
    const host = { name: 'x', durability: 'turn', exitTimeout: 0, lossLine: () => '', signals: false }
    let gone = 0
    const registry = new FinalizationRegistry(() => gone++)
    for (let i = 0; i < 50; i++) {
      const sink = openFile({ path: ${JSON.stringify(path)} }, host)
      sink.write(i + '\\n', 30, Date.now())
      registry.register(sink)
    }
    let rounds = 0
    const collect = () => {
      gc()
      if (gone > 40 || rounds++ > 50) console.log(gone > 40)
      else setImmediate(collect)
    }
    setImmediate(collect)
  `
  t.equal(execFileSync(process.execPath, ['--expose-gc', '-e', script], { encoding: 'utf8' }), 'true\n')
  t.equal(readFileSync(path, 'utf8').split('\n').length, 51)
})

t.test('one participant that fails does not keep the others from being flushed', async t => {
  const registry = exitRegistry()
  const flushed: string[] = []
  const participants = ['a', 'b', 'c'].map(name => ({
    exitTimeout: 10,
    flushSync: () => {
      flushed.push(name)
      if (name === 'b') throw new Error('b fails')
    },
  }))
  for (const participant of participants) registry.add(participant)
  t.doesNotThrow(() => registry.flushSync())
  t.same(flushed, ['a', 'b', 'c'])
  for (const participant of participants) registry.remove(participant)
  registry.flushSync()
  t.equal(flushed.length, 3)
})

t.test('the line logged at the end of the loop does not start it anew', async t => {
  const path = join(folder, 'before-exit.log')
  const ended = await run({ sink: 'file', options: { path }, lines: 0, burst: 1, listeners: true, end: 'natural' })
  t.equal(ended.code, 0)
  t.same(numbers(readFileSync(path, 'utf8')), ['beforeExit-first', 'beforeExit-last', ...listeners])
})

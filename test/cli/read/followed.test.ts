import { appendFileSync, copyFileSync, readdirSync, renameSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Followed } from '../../../lib/cli/read/followed'
import { LineSplitter } from '../../../lib/cli/read/lines'

/** A log that is followed, looked at whenever the test says so. */
function follow(folder: string): {
  path: string
  poll(now?: number): string[]
  told: string[]
  close(): void
  log: Followed
} {
  const path = join(folder, 'app.log')
  const lines: string[] = []
  const told: string[] = []
  const log = new Followed(path, {
    newReader: () => new LineSplitter(text => lines.push(text)),
    tell: text => told.push(text),
  })
  const poll = (now = 0): string[] => {
    log.poll(now)
    return lines.splice(0)
  }
  return { path, poll, told, log, close: () => log.close() }
}

t.test('what is appended comes once, a line when it is finished', async t => {
  const { path, poll, log, close } = follow(t.testdir({ 'app.log': 'old\nhalf' }))
  t.match(log.openAtEnd(), { path, start: 0, end: 4 }, 'the unfinished line belongs to what comes')
  t.same(poll(), [])
  appendFileSync(path, ' and half\nnext\nope')
  t.same(poll(), ['half and half', 'next'])
  appendFileSync(path, 'n\n')
  t.same(poll(), ['open'])
  close()
})

t.test('a rotation by renaming loses nothing, not even what is still written to the old file', async t => {
  const { path, poll, log, close } = follow(t.testdir({ 'app.log': '' }))
  log.openAtEnd()
  appendFileSync(path, 'a\n')
  renameSync(path, `${path}.1`)
  appendFileSync(`${path}.1`, 'b\n')
  t.same(poll(), ['a', 'b'], 'before there is a new one')
  writeFileSync(path, 'c\n')
  t.same(poll(), ['c'])
  appendFileSync(`${path}.1`, 'late\n')
  appendFileSync(path, 'd\n')
  t.same(poll().sort(), ['d', 'late'])
  poll(29_000)
  poll(60_001)
  appendFileSync(`${path}.1`, 'too late\n')
  t.same(poll(60_002), [], 'a quiet old file is let go of')
  close()
})

t.test('two rotations between two looks lose nothing', async t => {
  const { path, poll, log, close } = follow(t.testdir({ 'app.log': '', 'app.log.9': 'older\n' }))
  log.openAtEnd()
  appendFileSync(path, 'a\n')
  renameSync(path, `${path}.2`)
  writeFileSync(path, 'b\n')
  renameSync(path, `${path}.1`)
  writeFileSync(path, 'c\n')
  t.same(poll(), ['a', 'b', 'c'])
  close()
})

t.test('a rotation by copy and truncate is told, and goes on from the beginning', async t => {
  const folder = t.testdir({ 'app.log': '' })
  const { path, poll, log, told, close } = follow(folder)
  log.openAtEnd()
  appendFileSync(path, 'a\nb\nhal')
  t.same(poll(), ['a', 'b'])
  copyFileSync(path, `${path}.1`)
  truncateSync(path)
  appendFileSync(path, 'c\n')
  t.same(poll(), ['hal', 'c'], 'of a line cut off what there was is shown')
  t.match(told, [/truncated/])
  renameSync(path, `${path}.0`)
  writeFileSync(path, 'd\n')
  t.same(poll(), ['d'], 'the copy is not read again')
  t.same(readdirSync(folder), ['app.log', 'app.log.0', 'app.log.1'])
  close()
})

t.test('a file that is not there yet, or for a while, is waited for', async t => {
  const { path, poll, log, close } = follow(t.testdir())
  t.equal(log.openAtEnd(), undefined)
  t.same(poll(), [])
  writeFileSync(path, 'first\n')
  t.same(poll(), ['first'])
  unlinkSync(path)
  t.same(poll(), [])
  writeFileSync(`${path}.new`, 'second\n')
  renameSync(`${path}.new`, path)
  t.same(poll(), ['second'])
  close()
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import t from 'tap'
import { fileChunks, lastLines } from '../../../lib/cli/read/chunks'
import { holds } from '../../support/property'

const folder = t.testdir()
const whole = (path: string) => ({ path, start: 0, end: Number.POSITIVE_INFINITY })

async function read(path: string): Promise<string> {
  let text = ''
  for await (const chunk of fileChunks(whole(path))) text += chunk.toString('latin1')
  return text
}

t.test('a gzipped file is unpacked, whatever its name, and also one of several members', async t => {
  const path = join(folder, 'packed.log')
  writeFileSync(path, Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]))
  t.equal(await read(path), 'one\ntwo\n')
  const long = 'line of a log\n'.repeat(100_000)
  writeFileSync(path, long)
  t.equal(await read(path), long, 'a plain one comes as it is')
})

t.test('what can be read of a damaged file is read before the error', async t => {
  const path = join(folder, 'torn.gz')
  const packed = gzipSync(Array.from({ length: 100_000 }, (_, i) => `line ${i}\n`).join(''))
  writeFileSync(path, packed.subarray(0, packed.length - 1000))
  let text = ''
  await t.rejects(async () => {
    for await (const chunk of fileChunks(whole(path))) text += chunk.toString('latin1')
  })
  t.ok(text.startsWith('line 0\nline 1\n') && text.length > 500_000, `${text.length} characters`)
})

t.test('the last lines are found from the end', async t => {
  const path = join(folder, 'tail.log')
  const line = fc.integer({ min: 0, max: 30 }).map(length => 'x'.repeat(length))
  holds(
    t,
    fc.property(fc.array(line, { maxLength: 20 }), fc.boolean(), fc.nat(25), (lines, isFinished, count) => {
      const text = lines.map(part => `${part}\n`).join('') + (isFinished ? '' : 'rest')
      writeFileSync(path, text)
      const all = isFinished ? lines : [...lines, 'rest']
      const expected = count === 0 ? [] : all.slice(-count)
      const tail = text.slice(lastLines(whole(path), count))
      const found = tail.split('\n')
      if (tail.endsWith('\n') || tail === '') found.pop()
      t.same(found, expected)
    }),
    200,
  )
})

t.test('the last lines of a large file are found across the pieces it is read in', async t => {
  const path = join(folder, 'large.log')
  const lines = Array.from({ length: 30_000 }, (_, i) => `${i} ${'x'.repeat(i % 60)}\n`)
  writeFileSync(path, lines.join(''))
  for (const count of [1, 10, 9000, 29_999]) {
    const start = lastLines(whole(path), count)
    t.equal(start, lines.slice(0, -count).join('').length)
  }
})

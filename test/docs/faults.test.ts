import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import t from 'tap'

const root = resolve(__dirname, '../../..')

t.test('every test that the table of faults names is there', async t => {
  const table = readFileSync(join(root, 'docs/faults.md'), 'utf8')
  const named = [...table.matchAll(/\]\(\.\.\/(test\/[^)]+)\)(?:: \*([^*]+)\*)?/g)]
  t.ok(named.length > 60, `${named.length} tests are named`)
  for (const [, file = '', name = ''] of named) {
    t.ok(readFileSync(join(root, file), 'utf8').includes(name), `${file}: ${name}`)
  }
})

t.test('each fault has a test, or a reason why it has none', async t => {
  const rows = readFileSync(join(root, 'docs/faults.md'), 'utf8')
    .split('\n')
    .filter(line => /^\| \d/.test(line))
  t.equal(rows.length, 52)
  for (const row of rows) t.match(row.split(' | ')[3], /test\/|none: |modelled, |measured, /, row.slice(0, 60))
})

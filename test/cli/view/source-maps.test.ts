import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { SourceMaps } from '../../../lib/cli/view/source-maps'
import { prettyLine } from '../../../lib/layouts/pretty'

/** Line 2, column 3 of the file is line 11, column 5 of the first source. */
const map = (sources: string[], sourceRoot?: string) =>
  JSON.stringify({ version: 3, sources, sourceRoot, names: [], mappings: ';EAUI' })

t.test('a frame is shown where it stands in the source, by the map beside its file', async t => {
  const folder = t.testdir({
    dist: { 'a.js': '', 'a.js.map': map(['../src/a.ts']), 'b.mjs.map': map(['b.ts'], '/root/') },
  })
  const maps = new SourceMaps()
  t.equal(maps.sourceOf(`${folder}/dist/a.js:2:3`), `${join(folder, 'src/a.ts')}:11:5`)
  t.equal(maps.sourceOf(`${folder}/dist/b.mjs:2:9`), '/root/b.ts:11:5')
  t.equal(maps.sourceOf(`/${folder}/dist/a.js:2:3`), undefined, 'what may be a network path is not looked up')
  const stack = `Error: no\n    at pay (file://${folder}/dist/a.js:2:3)\n    at x (/nowhere/c.js:1:1)`
  const line = JSON.stringify({ level: 'error', err: { type: 'Error', message: 'no', stack } })
  t.match(
    prettyLine(line, { colors: false, columns: 100, cwd: folder, sourceOf: place => maps.sourceOf(place) }),
    /at pay \(src\/a\.ts:11:5\)\n {6}at x \(\/nowhere\/c\.js:1:1\)/,
  )
})

t.test('without a map that can be used, a frame stays as it is', async t => {
  const folder = t.testdir({
    'bad.js.map': '{',
    'empty.js.map': '{}',
    'folder.js.map': {},
    'early.js.map': map(['x.ts']),
  })
  const maps = new SourceMaps()
  for (const place of ['none.js:1:1', 'bad.js:1:1', 'empty.js:1:1', 'folder.js:1:1', 'early.js:1:1']) {
    t.equal(maps.sourceOf(`${folder}/${place}`), undefined, place)
  }
  for (const place of [
    '',
    'a.js',
    'relative.js:1:1',
    '//host/share/a.js:1:1',
    '\\\\host\\share\\a.js:1:1',
    'node:fs:1:1',
  ]) {
    t.equal(maps.sourceOf(place), undefined, place)
  }
})

t.test('a map is read once', async t => {
  const folder = t.testdir({ 'a.js.map': map(['a.ts']) })
  const maps = new SourceMaps()
  const first = maps.sourceOf(`${folder}/a.js:2:3`)
  writeFileSync(join(folder, 'a.js.map'), '{')
  t.equal(maps.sourceOf(`${folder}/a.js:2:3`), first)
})

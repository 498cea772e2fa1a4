import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import t from 'tap'
import { checkDependencies, checkImports, checkLengths, specifiers } from '../../scripts/imports'

const root = resolve(__dirname, '../../..')

t.test('every import of the source points downwards', async t => {
  t.strictSame(checkImports(root), [])
})

t.test('no source file is longer than a reader takes in', async t => {
  t.strictSame(checkLengths(root), [])
})

t.test('the build loads what package.json lists, all of it and nothing else', async t => {
  t.strictSame(checkDependencies(root, join(root, 'dist')), [])
})

function tree(files: Record<string, string>): string {
  const folder = t.testdir()
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

t.test('an import that points upwards or sideways is found, in each of its forms', async t => {
  const folder = tree({
    'lib/problem.ts': "export * from './line/encoder'",
    'lib/line/encoder.ts':
      "import type {\n  A,\n} from '../levels/rules'\n// import '../registry'\nexport const text = 'import x'",
    'lib/levels/rules.ts': "const a = require('../problem')\nconst b = await import('../registry')",
    'lib/registry.ts': "import './levels/rules'",
    'lib/api.ts': "import './problem'",
    'lib/unknown/x.ts': '',
    'lib/line/lost.ts': "import './nowhere'",
    'transports/a.ts': "import './b'\nimport '../lib/transport'",
    'transports/b.ts': '',
    'lib/transport.ts': '',
  })
  t.strictSame(checkImports(folder), [
    'lib/api.ts: imports lib/problem.ts, which is not below it',
    'lib/levels/rules.ts: imports lib/registry.ts, which is not below it',
    'lib/line/encoder.ts: imports lib/levels/rules.ts, which is not below it',
    "lib/line/lost.ts: imports './nowhere', which is not there",
    'lib/problem.ts: imports lib/line/encoder.ts, which is not below it',
    'lib/unknown/x.ts: stands on no floor; give it one in scripts/imports.ts',
    'transports/a.ts: imports transports/b.ts, which is not below it',
  ])
})

t.test('a long file, a dependency that is not listed and one that nothing loads are found', async t => {
  const folder = tree({
    'lib/line/long.ts': 'x\n'.repeat(321),
    'lib/line/short.ts': 'x\n'.repeat(320),
    'package.json': JSON.stringify({ dependencies: { listed: '1', idle: '1' }, peerDependencies: { '@a/peer': '1' } }),
    'dist/lib/a.js':
      "require('listed/sub'); require('node:fs'); require('./b'); require('@a/peer/x'); require('stray')",
  })
  t.strictSame(checkLengths(folder), ['lib/line/long.ts: 321 lines, more than 320'])
  t.strictSame(checkDependencies(folder, join(folder, 'dist')), [
    "lib/a.js: loads 'stray', which package.json does not list",
    "package.json: lists 'idle', which nothing loads",
  ])
})

t.test('a comment that speaks of an import is not one', async t => {
  t.strictSame(specifiers("/* import 'a' */ // require('b')\nconst c = require('c') // import 'd'"), ['c'])
})

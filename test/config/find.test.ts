import { spawnSync } from 'node:child_process'
import { realpathSync, symlinkSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import t from 'tap'
import { findConfig } from '../../lib/config/find'

const app = JSON.stringify({ name: 'app' })
const withHewn = JSON.stringify({ name: 'app', hewn: { level: 'warn' } })

t.test('the configuration stands beside the entry script or its package.json', async t => {
  const dir = realpathSync(
    t.testdir({
      'package.json': app,
      'hewn.config.json': '{}',
      'main.js': '',
      dist: { deep: { 'main.js': '' } },
    }),
  )
  const found = { path: join(dir, 'hewn.config.json'), kind: 'file' }
  t.strictSame(findConfig({}, join(dir, 'main.js')), found)
  t.strictSame(findConfig({}, join(dir, 'dist/deep/main.js')), found)
  t.strictSame(findConfig({}, join(dir, 'main')), found, 'started as `node main`')
  t.strictSame(findConfig({}, dir), found, 'started as `node .`')
})

t.test('package.json#hewn is found, and a file goes before it', async t => {
  const dir = realpathSync(
    t.testdir({
      a: { 'package.json': withHewn, 'main.js': '' },
      b: { 'package.json': withHewn, 'main.js': '', 'hewn.config.json': '{}' },
    }),
  )
  t.strictSame(findConfig({}, join(dir, 'a/main.js')), { path: join(dir, 'a/package.json'), kind: 'package' })
  t.strictSame(findConfig({}, join(dir, 'b/main.js')), { path: join(dir, 'b/hewn.config.json'), kind: 'file' })
})

t.test(
  'the search ends at the first package.json, so a tool does not take up the configuration of where it is installed',
  async t => {
    const dir = t.testdir({
      'package.json': withHewn,
      'hewn.config.json': '{}',
      node_modules: { tool: { 'package.json': app, 'cli.js': '' } },
      bin: {},
    })
    const tool = join(dir, 'node_modules/tool/cli.js')
    symlinkSync(tool, join(dir, 'bin/tool'))
    t.equal(findConfig({}, tool), undefined)
    t.equal(findConfig({}, join(dir, 'bin/tool')), undefined, 'by its real path')
  },
)

t.test("a build's package.json that only names the kind of its modules is passed over", async t => {
  const dir = realpathSync(
    t.testdir({
      'package.json': withHewn,
      dist: { 'package.json': '{"type":"module"}', 'main.js': '' },
      other: { 'package.json': '{}', 'main.js': '' },
      broken: { 'package.json': '{"type":', 'main.js': '' },
    }),
  )
  t.strictSame(findConfig({}, join(dir, 'dist/main.js')), { path: join(dir, 'package.json'), kind: 'package' })
  t.equal(findConfig({}, join(dir, 'other/main.js')), undefined)
  t.equal(findConfig({}, join(dir, 'broken/main.js')), undefined)
})

t.test('HEWN_CONFIG goes before all, also when there is no such file', async t => {
  const dir = t.testdir({ 'package.json': app, 'hewn.config.json': '{}', 'main.js': '' })
  const path = join(dir, 'elsewhere.json')
  t.strictSame(findConfig({ HEWN_CONFIG: path }, join(dir, 'main.js')), { path, kind: 'file' })
  t.strictSame(findConfig({ HEWN_CONFIG: relative(process.cwd(), path) }, undefined), { path, kind: 'file' })
  t.match(findConfig({ HEWN_CONFIG: '' }, join(dir, 'main.js')), { kind: 'file', path: /hewn.config.json$/ })
})

t.test('the current folder plays no part', async t => {
  const dir = t.testdir({
    tool: { 'package.json': app, 'cli.js': '' },
    here: { 'package.json': withHewn, 'hewn.config.json': '{}' },
  })
  const before = process.cwd()
  t.teardown(() => process.chdir(before))
  process.chdir(join(dir, 'here'))
  t.equal(findConfig({}, join(dir, 'tool/cli.js')), undefined)
})

t.test('without an entry script nothing is found', async t => {
  t.equal(findConfig({}, undefined), undefined)
  t.equal(findConfig({}, join(t.testdir({}), 'not/there.js')), undefined)
})

t.test('a process knows its entry script: not with -e, and the same one in its worker threads', async t => {
  const entry = resolve(__dirname, '../../lib/config/entry.js')
  const dir = realpathSync(
    t.testdir({
      'main.js': `
        const { Worker } = require('node:worker_threads')
        const { entryScript } = require(${JSON.stringify(entry)})
        console.log(entryScript())
        new Worker(${JSON.stringify(join('LIBRARY', 'worker.js'))}.replace('LIBRARY', __dirname + '/library'))`,
      library: { 'worker.js': `console.log(require(${JSON.stringify(entry)}).entryScript())` },
    }),
  )
  const main = join(dir, 'main.js')
  t.strictSame(run([main]), [main, main])
  t.strictSame(run(['-p', `require(${JSON.stringify(entry)}).entryScript()`, main]), ['undefined'])
  t.strictSame(run(['-e', `console.log(require(${JSON.stringify(entry)}).entryScript())`, '--', main]), ['undefined'])
})

function run(args: readonly string[]): string[] {
  return spawnSync(process.execPath, args, { encoding: 'utf8', cwd: dirname(__dirname) })
    .stdout.trim()
    .split('\n')
}

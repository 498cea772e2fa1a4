import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { installPacked, node, program, root, writeJson } from './installed'

const installed = installPacked()
t.teardown(installed.remove)

function lines(stdout: string): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
}

for (const project of ['module', 'commonjs']) {
  t.test(`a "type": "${project}" project imports the packed tarball by name`, async t => {
    const { status, stdout, stderr } = node(['app.mjs'], join(installed.folder, project))
    t.equal(stderr, '')
    t.equal(status, 0)
    const [first, second, third] = lines(stdout)
    t.match(first, { msg: 'from ESM', missing: [], different: [] }, 'every name is exported by both, and is the same')
    t.ok(Number(first?.count) > 5, 'names were compared')
    t.match(second, { logger: 'http', msg: 'named' })
    t.match(third, { logger: 'library', msg: 'through the facade' })
  })

  t.test(`a "type": "${project}" project requires the packed tarball by name`, async t => {
    const { status, stdout, stderr } = node(['app.cjs'], join(installed.folder, project))
    t.equal(stderr, '')
    t.equal(status, 0)
    const found = lines(stdout)
    t.match(found, [
      { msg: 'from CommonJS' },
      { msg: 'named' },
      { msg: 'through the facade' },
      { msg: 'both', same: true },
    ])
  })
}

t.test('a strict TypeScript project compiles against the packed types and runs', async t => {
  const options = {
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    target: 'es2023',
    types: ['node'],
  }
  const typeRoots = [join(root, 'node_modules/@types')]
  const cases = [
    { name: 'nodenext, ESM', project: 'module', module: 'nodenext', moduleResolution: 'nodenext' },
    { name: 'nodenext, CommonJS', project: 'commonjs', module: 'nodenext', moduleResolution: 'nodenext' },
    { name: 'bundler', project: 'module', module: 'esnext', moduleResolution: 'bundler' },
  ]
  for (const { name, project, module, moduleResolution } of cases) {
    const folder = join(installed.folder, project)
    const outDir = join(folder, moduleResolution)
    const compilerOptions = {
      ...options,
      typeRoots,
      module,
      moduleResolution,
      outDir,
      exactOptionalPropertyTypes: project === 'module',
    }
    writeJson(join(folder, 'tsconfig.json'), { compilerOptions, files: ['strict.ts'] })
    const { status, stdout } = node([program('typescript'), '-p', '.', '--pretty', 'false'], folder)
    t.equal(stdout, '', `${name}: no complaint`)
    t.equal(status, 0, `${name}: compiles`)
    const ran = node([join(outDir, 'strict.js')], folder)
    t.equal(ran.stderr, '', `${name}: no warning`)
    t.match(lines(ran.stdout).at(-1), { msg: 'done' }, `${name}: runs`)
  }
})

t.test(
  'the installed program hewn runs',
  { skip: process.platform === 'win32' ? 'no links there' : false },
  async t => {
    const ran = spawnSync(join(installed.folder, 'node_modules/.bin/hewn'), {
      input: '{"level":30,"msg":"through the tarball"}\n',
      encoding: 'utf8',
    })
    t.equal(ran.stderr, '')
    t.equal(ran.stdout, 'INFO  through the tarball\n')
  },
)

t.test('publint finds nothing to say of the packed tarball', async t => {
  const { status, stdout, stderr } = node([program('publint'), 'run', installed.tarball, '--strict'], root)
  t.equal(status, 0, `${stdout}${stderr}`)
})

t.test('the types of every entry resolve in node16 from CommonJS and from ESM, and in bundlers', async t => {
  const transports = readdirSync(join(installed.folder, 'node_modules/hewn/dist/transports'))
    .filter(name => name.endsWith('.js'))
    .map(name => `transports/${basename(name, '.js')}`)
  t.ok(transports.length > 0, 'there are transports')
  // node10 knows no "exports": TypeScript's old resolution cannot find a subpath of any package that has one.
  const args = [installed.tarball, '--profile', 'node16', '--no-definitely-typed', '--format', 'ascii', '--no-color']
  const attw = node([program('@arethetypeswrong/cli'), ...args, '--include-entrypoints', ...transports], root)
  t.equal(attw.status, 0, `${attw.stdout}${attw.stderr}`)
})

t.test('the tarball holds the library and nothing of the workshop', async t => {
  const files = readdirSync(join(installed.folder, 'node_modules/hewn'), { recursive: true, encoding: 'utf8' })
  const expected =
    /^(dist|dist[\\/](lib|transports|bundle)\b.*|package\.json|README\.md|LICENSE|CHANGELOG\.md|hewn\.schema\.json)$/
  t.strictSame(
    files.filter(file => !expected.test(file)),
    [],
  )
  for (const needed of ['LICENSE', 'README.md', 'CHANGELOG.md', 'hewn.schema.json'])
    t.ok(files.includes(needed), needed)
})

import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { upTo } from '../support/numbers'
import { HttpReceiver } from '../support/receivers/http-receiver'
import { type Bundler, bundlers, type Format, project } from './bundlers'

interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly folder: string
  readonly receiver: HttpReceiver
}

/** Bundles an application, and runs the bundle in a folder that has nothing else in it. */
async function run(test: Tap, bundler: Bundler, application: string, format: Format): Promise<Ran> {
  const receiver = new HttpReceiver()
  const url = await receiver.start()
  // Not below this repository, whose node_modules a bundle would find.
  const [source, folder] = ['source', 'installed'].map(name => mkdtempSync(join(tmpdir(), `hewn-${name}-`)))
  test.teardown(() => {
    for (const each of [source!, folder!]) rmSync(each, { recursive: true, force: true })
    return receiver.stop()
  })
  const out = join(folder!, format === 'ESM' ? 'main.mjs' : 'main.cjs')
  await bundler.bundle(project(source!, application), out, format)
  // Should hewn take a file of the application's for its own, these tell.
  for (const name of ['worker.js', 'delivery-thread.js']) writeFileSync(join(folder!, name), `console.error('${name}')`)
  const ran = await promisify(execFile)(process.execPath, [out, url, folder!], {
    cwd: folder!,
    env: {},
    timeout: 60_000,
  })
  return { ...ran, folder: folder!, receiver }
}

type Tap = Pick<typeof t, 'teardown'>

function numbers(lines: readonly object[]): number[] {
  return lines.map(line => Number((line as { n: number }).n)).sort((a, b) => a - b)
}

/** The lines of a file and of what it was rotated to. */
function linesOf(folder: string): object[] {
  const texts = readdirSync(folder)
    .filter(name => /^app.*\.(?:log|gz)$/.test(name))
    .map(name => {
      const bytes = readFileSync(join(folder, name))
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
    })
  // The process may end between a compressed part and the removal of its original.
  const lines = new Set(
    texts
      .join('')
      .split('\n')
      .filter(line => line !== ''),
  )
  return Array.from(lines, line => JSON.parse(line) as object)
}

for (const bundler of bundlers) {
  const { skip } = bundler
  const own = bundler.name.includes('CommonJS files')
  for (const format of own ? (['CommonJS'] as const) : (['ESM', 'CommonJS'] as const)) {
    t.test(`an application bundled by ${bundler.name} to ${format} ships by the delivery thread`, { skip }, async t => {
      const { stdout, stderr, receiver, folder } = await run(t, bundler, 'app.mjs', format)
      t.equal(stderr, '')
      const [library, outcome] = stdout
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as { threads?: number })
      t.match(library, { logger: 'library', msg: 'through the facade' })
      t.match(outcome, { left: 0 })
      t.ok(outcome!.threads! >= 2, 'the delivery thread, and one that compresses')
      t.same(receiver.mistakes, [])
      for (const name of ['made', 'by-type']) t.equal(receiver.stored.length, 100, `${name}: each line came once`)
      t.same(numbers(linesOf(folder)), upTo(50), 'in the file and its compressed parts')
    })

    t.test(
      `a transport of one's own, bundled by ${bundler.name} to ${format}, runs in-process, and hewn says so`,
      {
        skip,
      },
      async t => {
        const { stdout, stderr, folder } = await run(t, bundler, 'own-transport.mjs', format)
        t.equal(stdout, 'started\n', 'the application is run once')
        t.match(stderr, /^hewn: own: it is defined in a bundle.*on the application's own thread\n$/)
        const lines = readFileSync(join(folder, 'own.log'), 'utf8').trimEnd().split('\n')
        t.same(numbers(lines.map(line => JSON.parse(line) as object)), upTo(50))
      },
    )
  }

  if (!bundler.takesCommonJs) continue
  t.test(
    `an application that is CommonJS, bundled by ${bundler.name}, ships by the delivery thread`,
    { skip },
    async t => {
      const { stderr, receiver } = await run(t, bundler, 'app.cjs', 'CommonJS')
      t.equal(stderr, '')
      t.equal(receiver.stored.length, 100)
    },
  )
}

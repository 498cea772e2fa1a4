/**
 * Writes what a bundled application needs of hewn, from what the compiler wrote: the delivery thread as one text, and ES
 * modules without a call of `require`, for bundlers.
 *
 *     node dist/scripts/bundle.js
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'

const dist = resolve(__dirname, '..')
const THREAD_TEXT = join(dist, 'lib/delivery/thread-text.mjs')

/**
 * Node's own modules, asked for in a way that works in ES modules and in CommonJS, and that no bundler takes for an
 * import: `require` in a bundle that is an ES module throws.
 */
const nodeModules: Plugin = {
  name: 'node-modules',
  setup(build) {
    build.onResolve({ filter: /^[a-z_/]+$|^node:/ }, ({ path }) => {
      const id = path.startsWith('node:') ? path : `node:${path}`
      return process.getBuiltinModule(id) === undefined ? undefined : { path: id, namespace: 'node-module' }
    })
    build.onLoad({ filter: /./, namespace: 'node-module' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
    }))
  },
}

/** The thread's text is in the package once. */
const sharedText: Plugin = {
  name: 'shared-text',
  setup(build) {
    build.onResolve({ filter: /thread-text\.mjs$/ }, ({ kind }) =>
      kind === 'require-call'
        ? { path: THREAD_TEXT, namespace: 'shared-text' }
        : { path: '../lib/delivery/thread-text.mjs', external: true },
    )
    build.onLoad({ filter: /./, namespace: 'shared-text' }, ({ path }) => ({
      contents: `export { text } from ${JSON.stringify(path)}`,
    }))
  },
}

const common = { bundle: true, platform: 'node', target: 'node20.19', logLevel: 'warning' } as const

/** A thread's program cannot import what is not there as a file. */
async function threadText(): Promise<void> {
  const entry = join(dist, 'lib/delivery/hewn-delivery-thread.js')
  const { outputFiles } = await build({
    ...common,
    entryPoints: [entry],
    format: 'cjs',
    minify: true,
    keepNames: true,
    write: false,
    // The thread starts no other one.
    external: ['./thread-text.mjs'],
  })
  const text = outputFiles[0]!.text
  writeFileSync(THREAD_TEXT, `export const text = ${JSON.stringify(text)}\n`)
}

/** Of a module that is known when it runs. The comment in the source, for webpack, is lost when it is made small. */
const DYNAMIC_IMPORT = /(?<![\w$.])import\((\w+)\)/g

/** One file for each entry of package.json that an application imports, and what they share. */
async function modules(): Promise<void> {
  const transports = readdirSync(join(dist, 'transports')).filter(name => name.endsWith('.js'))
  const sources = ['lib/index.js', 'lib/api.js', ...transports.map(name => `transports/${name}`)]
  const entry: Plugin = {
    name: 'entry',
    setup(build) {
      build.onResolve({ filter: /^entry:/ }, ({ path }) => ({ path: path.slice(6), namespace: 'entry' }))
      build.onLoad({ filter: /./, namespace: 'entry' }, ({ path }) => {
        const file = join(dist, path)
        const names = Object.keys(require(file) as object).filter(name => name !== 'default')
        // Named one by one: what `export *` takes from CommonJS is known only when it runs.
        const lines = names.map(name => `export const ${name} = all.${name}`)
        return {
          contents: `const all = require(${JSON.stringify(file)})\n${lines.join('\n')}\n`,
          resolveDir: dist,
        }
      })
    },
  }
  const { outputFiles } = await build({
    ...common,
    entryPoints: sources.map(source => ({ in: `entry:${source}`, out: source.replace(/^lib\/|\.js$/g, '') })),
    format: 'esm',
    splitting: true,
    minify: true,
    keepNames: true,
    outdir: join(dist, 'bundle'),
    outExtension: { '.js': '.mjs' },
    chunkNames: 'shared-[hash]',
    plugins: [entry, nodeModules, sharedText],
    write: false,
  })
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text.replace(DYNAMIC_IMPORT, 'import(/* webpackIgnore: true */ $1)'))
  }
}

async function main(): Promise<void> {
  await threadText()
  await modules()
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})

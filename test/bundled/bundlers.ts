import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

export const root = resolve(__dirname, '../../..')

export type Format = 'ESM' | 'CommonJS'

/** Where webpack, Rollup and its node-resolve are installed: they are no dependencies of ours, .ci/run has them. */
const FOLDER = process.env['HEWN_BUNDLERS']

export interface Bundler {
  readonly name: string
  /** Why it cannot be run here; false if it can. */
  readonly skip: string | false
  /** Whether it takes CommonJS without a plugin. */
  readonly takesCommonJs: boolean
  /** Nothing but what everybody has to say: what to bundle, where to, in which format, for Node. */
  bundle(entry: string, out: string, format: Format): Promise<void>
}

export const bundlers: readonly Bundler[] = [
  {
    name: 'esbuild',
    skip: false,
    takesCommonJs: true,
    async bundle(entry, out, format) {
      const settings = { bundle: true, platform: 'node', logLevel: 'silent', minify: true } as const
      const { warnings } = await build({
        ...settings,
        entryPoints: [entry],
        outfile: out,
        format: format === 'ESM' ? 'esm' : 'cjs',
      })
      // It says that import.meta is empty in CommonJS: our business, and none of the user's.
      const told = warnings.map(({ text }) => text).filter(text => !text.includes('"import.meta"'))
      if (told.length > 0) throw new Error(told.join('\n'))
    },
  },
  {
    name: 'esbuild that takes the CommonJS files',
    skip: false,
    takesCommonJs: true,
    async bundle(entry, out, format) {
      // With conditions of one's own, esbuild drops `module` from its defaults.
      if (format === 'ESM') throw new Error('needs a `require`, as all CommonJS in an ES module')
      const settings = { bundle: true, platform: 'node', logLevel: 'silent', format: 'cjs' } as const
      await build({ ...settings, conditions: ['production'], entryPoints: [entry], outfile: out })
    },
  },
  {
    name: 'webpack',
    skip: without('webpack'),
    takesCommonJs: true,
    async bundle(entry, out, format) {
      const webpack = load('webpack') as Webpack
      const esm = format === 'ESM'
      await new Promise<void>((done, fail) => {
        const settings = {
          mode: 'production',
          target: 'node',
          entry,
          experiments: { outputModule: esm },
          // Takes four seconds, and esbuild's bundles are made small as well.
          optimization: { minimize: false },
          output: { path: resolve(out, '..'), filename: out.split('/').at(-1), module: esm },
        }
        webpack(settings, (error, stats) => {
          const told = stats?.hasErrors() || stats?.hasWarnings() ? stats.toString() : undefined
          if (error !== null || told !== undefined) fail(error ?? new Error(told))
          else done()
        })
      })
    },
  },
  {
    name: 'Rollup',
    skip: without('rollup'),
    takesCommonJs: false,
    async bundle(entry, out, format) {
      const { rollup } = load('rollup') as Rollup
      const resolver = load('@rollup/plugin-node-resolve') as { nodeResolve(): unknown }
      const told: string[] = []
      const bundle = await rollup({
        input: entry,
        plugins: [resolver.nodeResolve()],
        external: /^node:/,
        onwarn: ({ message }: { readonly message: string }) => told.push(message),
      })
      await bundle.write({ file: out, format: format === 'ESM' ? 'es' : 'cjs', inlineDynamicImports: true })
      if (told.length > 0) throw new Error(told.join('\n'))
    },
  },
]

interface Outcome {
  hasErrors(): boolean
  hasWarnings(): boolean
  toString(): string
}
type Webpack = (settings: object, done: (error: Error | null, outcome?: Outcome) => void) => void
interface Rollup {
  rollup(settings: object): Promise<{ write(output: object): Promise<void> }>
}

function load(name: string): unknown {
  return createRequire(join(FOLDER!, 'noop.js'))(name)
}

function without(name: string): string | false {
  if (FOLDER !== undefined && existsSync(join(FOLDER, 'node_modules', name))) return false
  return `${name} is not installed in HEWN_BUNDLERS; .ci/run installs it`
}

/** An application's project in `folder`, with hewn installed. */
export function project(folder: string, application: string): string {
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  symlinkSync(root, join(folder, 'node_modules/hewn'), 'junction')
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const entry = join(folder, application)
  writeFileSync(entry, readFileSync(join(root, 'test/bundled/applications', application)))
  return entry
}

/**
 * Checks how the source hangs together: an import points downwards only, no file grows past its bound, and what
 * is shipped needs nothing that package.json does not list.
 *
 *     node dist/scripts/imports.js
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'

/**
 * The floors, lowest first. A file may import from its own entry and from the entries of lower floors; entries
 * that share a floor know nothing of each other. A path ending in '/' stands for all below it.
 */
export const FLOORS: readonly (readonly (readonly string[])[])[] = [
  // The facade for libraries stands on the ground by itself: it imports nothing.
  [
    ['lib/problem.ts', 'lib/report.ts'],
    ['lib/api.ts', 'lib/api.mts'],
  ],
  [
    ['lib/line/'],
    ['lib/output/'],
    ['lib/levels/'],
    // What a schema is, and the walker that holds a value to it.
    ['lib/config/json-schema.ts', 'lib/config/validate.ts', 'lib/config/path.ts', 'lib/config/secrecy.ts'],
  ],
  [['lib/layouts/'], ['lib/config/measures.ts'], ['lib/ambient.ts'], ['lib/transport.ts'], ['lib/reload-signal.ts']],
  // The spool knows no transport and nothing of what sends its lines.
  [['lib/delivery/source.ts']],
  [['lib/delivery/spool/']],
  [['lib/delivery/']],
  // A logger, its context and what becomes of a call are one thing seen from several sides.
  [['lib/logger.ts', 'lib/emit.ts', 'lib/scope.ts', 'lib/context.ts', 'lib/trace.ts']],
  [
    [
      'lib/outputs.ts',
      'lib/open-outputs.ts',
      'lib/live-outputs.ts',
      'lib/open-spool.ts',
      'lib/sidecar-spool.ts',
      'lib/sent-layout.ts',
      'lib/shipping.ts',
      'lib/spool-output.ts',
      'lib/network-transport.ts',
    ],
  ],
  [['lib/registry.ts'], ['lib/config/']],
  [
    ['lib/stats.ts'],
    ['lib/define-transport.ts'],
    ['lib/api-backend.ts'],
    ['lib/application.ts'],
    ['lib/create-logger.ts'],
  ],
  [['lib/face.ts'], ['lib/testing.ts', 'lib/testing.mts', 'lib/testing/']],
  [['lib/index.ts', 'lib/index.mts']],
  // A program of its own, over all the rest.
  [['lib/cli/']],
]

/** All that a transport may know of lib, beside a folder of its own name below lib/delivery/. */
const CONTRACT = ['lib/transport.ts', 'lib/delivery/definition.ts', 'lib/delivery/sending.ts']

/** The list of what comes with hewn, each loaded at its first use: the one file that knows transports by name. */
const BUILT_IN = 'lib/delivery/built-in.ts'

const MAX_LINES = 320
const MEASURED = ['lib', 'transports', 'scripts', 'benchmarks', 'examples']

/** Every complaint about the tree at `root`, one sentence each; none means that it is in order. */
export function checkImports(root: string): string[] {
  const complaints: string[] = []
  for (const file of sources(root, ['lib', 'transports'], /\.m?ts$/)) {
    const place = placeOf(file)
    if (place === undefined) {
      complaints.push(`${file}: stands on no floor; give it one in scripts/imports.ts`)
      continue
    }
    for (const specifier of specifiers(readFileSync(join(root, file), 'utf8'))) {
      if (!specifier.startsWith('.')) continue
      const target = resolveSource(root, file, specifier)
      if (target === undefined) complaints.push(`${file}: imports '${specifier}', which is not there`)
      else if (!mayImport(file, target)) complaints.push(`${file}: imports ${target}, which is not below it`)
    }
  }
  return complaints
}

/** Files with more lines than a reader takes in. */
export function checkLengths(root: string): string[] {
  return sources(root, MEASURED, /\.(m?ts|mjs)$/).flatMap(file => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').length - 1
    return lines > MAX_LINES ? [`${file}: ${lines} lines, more than ${MAX_LINES}`] : []
  })
}

/** What the compiled package loads, against what its package.json promises to install. */
export function checkDependencies(root: string, dist: string): string[] {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>
    peerDependencies?: Record<string, string>
  }
  const listed = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }))
  const used = new Set<string>()
  const complaints: string[] = []
  for (const file of sources(dist, ['lib', 'transports'], /\.(m?js|d\.m?ts)$/)) {
    for (const specifier of specifiers(readFileSync(join(dist, file), 'utf8'))) {
      if (specifier.startsWith('.') || isBuiltin(specifier)) continue
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/')
      used.add(name)
      if (!listed.has(name)) complaints.push(`${file}: loads '${name}', which package.json does not list`)
    }
  }
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    if (!used.has(name)) complaints.push(`package.json: lists '${name}', which nothing loads`)
  }
  return complaints
}

/** The modules a source file names in import, export … from, import() and require(). */
export function specifiers(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{}])\/\/.*$/gm, '')
  const found = [
    ...code.matchAll(/\b(?:import|export)\b[^'"`;()]*?\bfrom\s*(['"])([^'"]+)\1/g),
    ...code.matchAll(/\bimport\s*(['"])([^'"]+)\1/g),
    ...code.matchAll(/\b(?:import|require)\(\s*(['"])([^'"]+)\1\s*\)/g),
  ]
  return found.map(match => match[2]!)
}

interface Place {
  readonly floor: number
  readonly entry: readonly string[]
}

function placeOf(file: string): Place | undefined {
  if (/^transports\/[^/]+\.m?ts$/.test(file)) return { floor: FLOORS.length, entry: [file] }
  for (const [floor, entries] of FLOORS.entries()) {
    const entry = entries.find(paths =>
      paths.some(path => (path.endsWith('/') ? file.startsWith(path) : file === path)),
    )
    if (entry !== undefined) return { floor, entry }
  }
  return undefined
}

function mayImport(file: string, target: string): boolean {
  if (file === BUILT_IN && target.startsWith('transports/')) return true
  if (file.startsWith('transports/')) {
    const own = `lib/delivery/${file.slice('transports/'.length).replace(/\.m?ts$/, '')}/`
    return CONTRACT.includes(target) || target.startsWith(own) || target === file.replace(/\.mts$/, '.ts')
  }
  const from = placeOf(file)
  const to = placeOf(target)
  if (from === undefined || to === undefined) return false
  return to.floor < from.floor || to.entry === from.entry
}

function resolveSource(root: string, file: string, specifier: string): string | undefined {
  const base = join(dirname(file), specifier.replace(/\.(m?)js$/, '.$1ts'))
  const candidates = [base, base.replace(/(m?ts)$/, 'd.$1'), `${base}.ts`, `${base}/index.ts`, `${base}.json`]
  const found = candidates.find(path => /\.(m?ts|json)$/.test(path) && existsSync(join(root, path)))
  return found?.replaceAll('\\', '/')
}

function sources(root: string, folders: readonly string[], wanted: RegExp): string[] {
  return folders
    .filter(folder => existsSync(join(root, folder)))
    .flatMap(folder =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(name => join(folder, name)),
    )
    .filter(name => wanted.test(name) && !name.includes('node_modules'))
    .map(name => relative(root, join(root, name)).replaceAll('\\', '/'))
    .sort()
}

function main(): void {
  const root = resolve(__dirname, '../..')
  const complaints = [
    ...checkImports(root),
    ...checkLengths(root),
    ...checkDependencies(root, resolve(__dirname, '..')),
  ]
  for (const complaint of complaints) console.error(complaint)
  if (complaints.length > 0) process.exitCode = 1
  else console.log('imports point downwards, no file is too long, every dependency is listed')
}

if (require.main === module) main()

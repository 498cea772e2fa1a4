/**
 * Writes docs/api.txt: every public name with its declaration, and every type those mention, so that a change
 * of the public interface shows in a review.
 *
 *     node dist/scripts/api.js [--check]
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { type DeclarationFile, type Origin, origin, readDeclarations } from './declarations'

const dist = resolve(__dirname, '..')
const target = resolve(dist, '../docs/api.txt')

/** The snapshot's text, from the declaration files under `dist`. */
export function publicApi(dist: string): string {
  return entries(dist)
    .map(([name, path]) => describeEntry(name, path, dist))
    .join('\n')
}

function entries(dist: string): [name: string, path: string][] {
  const transports = existsSync(join(dist, 'transports')) ? readdirSync(join(dist, 'transports')) : []
  const all: [string, string][] = [
    ['hewn', join(dist, 'lib/index.d.ts')],
    ['hewn/api', join(dist, 'lib/api.d.ts')],
    ['hewn/testing', join(dist, 'lib/testing.d.ts')],
    ...transports
      .filter(name => name.endsWith('.d.ts'))
      .sort()
      .map((name): [string, string] => [`hewn/transports/${basename(name, '.d.ts')}`, join(dist, 'transports', name)]),
  ]
  return all.filter(([, path]) => existsSync(path))
}

function describeEntry(title: string, path: string, dist: string): string {
  const found = new Map<string, string>()
  const entry = load(path)
  const exported = [...entry.exported.keys()].sort()
  for (const name of exported) collect(entry, name, found, dist)
  const declarations = [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)
  return [`${title}\n${'='.repeat(title.length)}\n`, `exports ${exported.join(', ')}\n`, ...declarations, ''].join('\n')
}

/** Puts `name`'s declaration, as seen from `file`, into `found`, and those of all names it mentions. */
function collect(file: DeclarationFile, name: string, found: Map<string, string>, dist: string): void {
  const { home, own } = locate(file, name)
  const texts = home?.declared.get(own)
  if (home === undefined || texts === undefined) return
  const key = `${own} ${home.path}`
  if (found.has(key)) return
  found.set(key, `${texts.map(tidy).join('\n')}\n`)
  for (const text of texts) {
    for (const mentioned of new Set(text.match(/[A-Za-z_$][\w$]*/g))) collect(home, mentioned, found, dist)
    for (const [, specifier, inner] of text.matchAll(/import\(["'](.+?)["']\)\.([\w$]+)/g)) {
      const there = origin(home.path, specifier!, inner!)
      if (there.file !== undefined) collect(load(there.file), inner!, found, dist)
    }
  }
}

/** Follows imports and re-exports to the file that declares the name. */
function locate(file: DeclarationFile, name: string): { home?: DeclarationFile; own: string } {
  if (file.declared.has(name)) return { home: file, own: name }
  const from: Origin | undefined = file.imported.get(name) ?? file.exported.get(name)
  if (from?.file !== undefined) return locate(load(from.file), from.name)
  if (from !== undefined && from.name !== name) return locate(file, from.name)
  return { own: name }
}

const loaded = new Map<string, DeclarationFile>()

function load(path: string): DeclarationFile {
  const known = loaded.get(path) ?? readDeclarations(path)
  loaded.set(path, known)
  return known
}

/** Two spaces, no private members, no blank lines. */
function tidy(text: string): string {
  return text
    .split('\n')
    .filter(line => line.trim() !== '' && !/^\s*(#|private )/.test(line))
    .map(line => line.replace(/^(?: {4})+/, indent => ' '.repeat(indent.length / 2)).trimEnd())
    .join('\n')
}

function main(): void {
  const text = publicApi(dist)
  if (!process.argv.includes('--check')) {
    writeFileSync(target, text)
    return
  }
  const kept = existsSync(target) ? readFileSync(target, 'utf8') : ''
  if (kept === text) return
  const before = new Set(kept.split('\n'))
  const after = new Set(text.split('\n'))
  for (const line of before) if (!after.has(line)) console.error(`- ${line}`)
  for (const line of after) if (!before.has(line)) console.error(`+ ${line}`)
  console.error('docs/api.txt is not what dist declares. If the change is meant: npm run docs')
  process.exitCode = 1
}

if (require.main === module) main()

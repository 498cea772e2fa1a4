/**
 * Compiles and runs the code in our documents.
 *
 *     node dist/scripts/snippets.js
 *
 * Every ```ts and ```js fence of README.md and docs/ is a module of its own that imports the built package by its
 * name. ts is compiled strictly; all are run, in an empty folder, and must end by themselves with code 0. Words
 * after the language change that: `no-run` only compiles, `continued` follows on from the fence before it. A comment
 * `<!-- setup: … -->` right before a fence holds code that the reader is spared. A fence marked `output` is what the
 * fence before it prints; time, pid, host and stacks may differ. ```json must parse, as a whole or line by line; marked
 * `config`, or with a property that only a configuration has, it must be a good configuration.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { configSchema } from '../lib/config/schema'
import { validate } from '../lib/config/validate'
import { formatProblem } from '../lib/problem'
import { documents, type Fence, fences, readDocument } from './markdown'

export interface Snippet {
  /** Where it stands: `README.md:12`. */
  readonly place: string
  readonly kind: 'ts' | 'js' | 'json'
  readonly code: string
  readonly run: boolean
  readonly config: boolean
  /** What it prints, if the document says so. */
  readonly output?: string | undefined
}

const TIMEOUT_MS = 20_000

export function findSnippets(root: string): Snippet[] {
  return documents(root)
    .filter(path => path === 'README.md' || path.startsWith('docs/'))
    .flatMap(path => snippetsOf(path, fences(readDocument(root, path))))
}

function snippetsOf(path: string, all: readonly Fence[]): Snippet[] {
  const found: Snippet[] = []
  let before = ''
  for (const [index, fence] of all.entries()) {
    if (!['ts', 'js', 'json'].includes(fence.language)) continue
    const code = fence.marks.includes('continued') ? `${before}\n${fence.code}` : `${fence.setup}\n${fence.code}`
    if (fence.language !== 'json') before = code
    const next = all[index + 1]
    found.push({
      place: `${path}:${fence.line}`,
      kind: fence.language as Snippet['kind'],
      code: fence.language === 'json' ? fence.code : code,
      run: !fence.marks.includes('no-run'),
      config: fence.marks.includes('config') || /^\s*"(\$schema|transports|env)":/m.test(fence.code),
      output: next?.marks.includes('output') ? next.code : undefined,
    })
  }
  return found
}

/** Writes the modules to `folder`, which must lie inside the package, and compiles them. What tsc says, empty if nothing. */
export async function compile(root: string, folder: string, snippets: readonly Snippet[]): Promise<string> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const snippet of snippets) {
    if (snippet.kind === 'json') continue
    const source = join(folder, `${moduleName(snippet)}.${snippet.kind === 'ts' ? 'mts' : 'mjs'}`)
    writeFileSync(source, `${snippet.code}\nexport {}\n`)
  }
  const compilerOptions = { target: 'es2023', module: 'nodenext', types: ['node'], strict: true, skipLibCheck: true }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.mts'] }))
  const bin = join(dirname(require.resolve('typescript/package.json', { paths: [root] })), 'bin/tsc')
  const { stdout, stderr } = await start([bin, '-p', folder, '--pretty', 'false'], root)
  const placeOf = new Map(snippets.map(snippet => [moduleName(snippet), snippet.place]))
  return `${stdout}${stderr}`.replace(/^\S*?([\w-]+)\.mts/gm, (found, name) => placeOf.get(name) ?? found).trim()
}

/** Runs a compiled snippet. What is wrong with it, undefined if nothing. */
export async function run(folder: string, snippet: Snippet): Promise<string | undefined> {
  const cwd = mkdtempSync(join(tmpdir(), 'hewn-snippet-'))
  try {
    const { code, stdout, stderr } = await start([join(folder, `${moduleName(snippet)}.mjs`)], cwd)
    if (code !== 0) return `ended with ${code}\n${stdout}${stderr}`
    if (snippet.output === undefined) return undefined
    const [found, expected] = [steady(stdout), steady(snippet.output)]
    return found === expected ? undefined : `printed\n${found}\nand not\n${expected}`
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

/** What is wrong with a json fence, undefined if nothing. */
export function checkJson(snippet: Snippet): string | undefined {
  try {
    const value: unknown = JSON.parse(snippet.code)
    if (!snippet.config) return undefined
    const problems = validate(value, configSchema, snippet.place)
    return problems.length === 0 ? undefined : problems.map(formatProblem).join('\n')
  } catch (whole) {
    try {
      for (const line of snippet.code.split('\n')) if (line.trim() !== '') JSON.parse(line)
      return undefined
    } catch {
      return (whole as Error).message
    }
  }
}

function moduleName(snippet: Snippet): string {
  return snippet.place.replace(/\.md:/, '-').replaceAll(/[^\w-]/g, '-')
}

/** A line of output without what differs from run to run and from machine to machine. */
function steady(text: string): string {
  return text
    .trimEnd()
    .replace(/"time":"[^"]*"/g, '"time":"…"')
    .replace(/"pid":\d+/g, '"pid":0')
    .replace(/"host":"[^"]*"/g, '"host":"…"')
    .replace(/"stack":"[^"]*"/g, '"stack":"…"')
}

interface Ended {
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

/** A child as a reader would start it: in no environment in particular, without our own settings. */
async function start(args: readonly string[], cwd: string): Promise<Ended> {
  const env = { ...process.env }
  for (const name of Object.keys(env)) if (/^(HEWN_|LOG_|NODE_ENV|NODE_OPTIONS|TAP)/.test(name)) delete env[name]
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS })
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | string>(done => child.on('close', (exit, signal) => done(exit ?? signal ?? 'unknown'))),
  ])
  return { code, stdout, stderr }
}

async function main(): Promise<void> {
  const root = resolve(__dirname, '../..')
  const folder = resolve(__dirname, '../snippets')
  const snippets = findSnippets(root)
  const complaints: string[] = []
  const compiled = await compile(root, folder, snippets)
  if (compiled !== '') complaints.push(compiled)
  for (const snippet of snippets) {
    let complaint: string | undefined
    if (snippet.kind === 'json') complaint = checkJson(snippet)
    else if (snippet.run) complaint = await run(folder, snippet)
    if (complaint !== undefined) complaints.push(`${snippet.place}: ${complaint}`)
  }
  for (const complaint of complaints) console.error(complaint)
  if (complaints.length > 0) process.exitCode = 1
  else console.log(`${snippets.length} snippets compile and run`)
}

if (require.main === module) void main()

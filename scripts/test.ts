/**
 * Runs the compiled test files, two processes at a time, and says what failed.
 *
 *     node dist/scripts/test.js [--jobs N] [--timeout SECONDS] [--comments] [words to look for in a file's path]
 *
 * With --comments it also shows what the tests have to tell: figures, and why something was skipped.
 *
 * A file is started as plain `node file`, and its TAP is read from stdout. The tap command would preload a
 * hook with signal handlers of its own into every test and every child of a test, and hewn's exit and signal
 * tests are about exactly those handlers.
 */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { inspect, parseArgs } from 'node:util'
import { Parser, type Result } from 'tap-parser'

interface FileResult {
  passed: number
  skipped: number
  /** What the tests have to tell, and why some were skipped. */
  comments: string[]
  /** What went wrong, ready to print. */
  failures: string[]
  stderr: string
  ms: number
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: 'string', default: '2' },
    timeout: { type: 'string', default: '120' },
    comments: { type: 'boolean', default: false },
  },
})
const root = resolve(__dirname, '../..')
const testFolder = resolve(__dirname, '../test')

void main()

async function main(): Promise<void> {
  const started = performance.now()
  const files = testFiles()
  const total = { passed: 0, skipped: 0, failed: 0 }
  let next = 0
  const worker = async (): Promise<void> => {
    for (let file = files[next++]; file !== undefined; file = files[next++]) {
      const result = await runFile(file)
      total.passed += result.passed
      total.skipped += result.skipped
      total.failed += result.failures.length
      print(file, result)
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, Number(values.jobs)) }, worker))
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
  console.log(`\n${files.length} files, ${seconds(performance.now() - started)}`)
  console.log(`${total.passed} passed, ${total.failed} failed${skipped}`)
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1
}

function testFiles(): string[] {
  return readdirSync(testFolder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.js'))
    .map(name => join(testFolder, name))
    .filter(name => positionals.length === 0 || positionals.some(word => name.includes(word)))
    .sort()
}

async function runFile(file: string): Promise<FileResult> {
  const started = performance.now()
  const result: FileResult = { passed: 0, skipped: 0, comments: [], failures: [], stderr: '', ms: 0 }
  const child = spawn(process.execPath, [file], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // The file's limit is the only one: tap's own, 30 s a test, is short for a machine that does something else as well.
    env: { ...process.env, TAP_TIMEOUT: values.timeout },
    // A group of its own, so that a test that hangs takes its children with it.
    detached: process.platform !== 'win32',
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    result.stderr += chunk
  })
  const parser = new Parser()
  parser.on('pass', () => result.passed++)
  parser.on('skip', ({ fullname, skip }: Result) => {
    result.skipped++
    result.comments.push(`skipped  ${fullname}: ${skip}`)
  })
  collectComments(parser, result.comments)
  parser.on('todo', () => result.skipped++)
  parser.on('fail', (failure: Result) => result.failures.push(describe(failure)))
  child.stdout.pipe(parser)
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    killGroup(child.pid)
    // Should a grandchild have left the group, it must not keep the pipes, and so this run, open.
    child.stdout.destroy()
    child.stderr.destroy()
  }, Number(values.timeout) * 1000)
  const end = await new Promise<string>(done => {
    child.on('error', error => done(error.message))
    child.on('close', (code, signal) => done(signal ?? `exit ${code}`))
  })
  clearTimeout(timer)
  const complaint = timedOut ? `no end after ${values.timeout} s` : verdict(result, end, parser.results?.ok === true)
  if (complaint !== undefined) result.failures.push(complaint)
  result.ms = performance.now() - started
  return result
}

/** Of the tests themselves, not those that make up TAP. */
function collectComments(parser: Parser, comments: string[]): void {
  parser.on('comment', (text: string) => {
    if (!/^# (?:Subtest: |time=|\{ total: )/.test(text)) comments.push(text.slice(2).trimEnd())
  })
  parser.on('child', (child: Parser) => collectComments(child, comments))
}

/** What is wrong with a file as a whole, where no assertion of it says so. */
function verdict(result: FileResult, end: string, ok: boolean): string | undefined {
  if (result.failures.length > 0) return undefined
  if (end !== 'exit 0') return `${end}, though no assertion failed`
  if (!ok) return 'its TAP is not complete'
  if (result.passed + result.skipped === 0) return 'no assertion in it'
  return undefined
}

function describe(failure: Result): string {
  if (failure.diag === null || failure.diag === undefined) return failure.fullname
  const { diff, at, source, stack, ...rest } = failure.diag as Record<string, unknown>
  const place = at as { fileName?: string; lineNumber?: number } | undefined
  const parts = [failure.fullname]
  if (place?.fileName !== undefined) parts.push(`at ${place.fileName}:${place.lineNumber}`)
  if (typeof source === 'string') parts.push(source.trimEnd())
  if (typeof diff === 'string') parts.push(diff.trimEnd())
  else if (Object.keys(rest).length > 0) parts.push(inspect(rest, { depth: 4, breakLength: 110 }))
  if (typeof stack === 'string') parts.push(stack.trimEnd())
  return parts.join('\n').replaceAll('\n', '\n    ')
}

function print(file: string, result: FileResult): void {
  const name = relative(join(testFolder, '..'), file)
  const skipped = result.skipped > 0 ? ` (${result.skipped} skipped)` : ''
  if (values.comments) for (const comment of result.comments) console.log(`  ${comment}`)
  if (result.failures.length === 0) {
    console.log(`ok      ${name}  ${result.passed}${skipped}, ${seconds(result.ms)}`)
    return
  }
  console.log(`not ok  ${name}  ${result.failures.length} failed, ${result.passed} passed, ${seconds(result.ms)}`)
  for (const failure of result.failures) console.log(`  - ${failure}`)
  if (result.stderr.trim() !== '') console.log(`  stderr:\n    ${result.stderr.trimEnd().replaceAll('\n', '\n    ')}`)
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // It ended by itself meanwhile.
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

import { readFileSync, statSync } from 'node:fs'
import type { Problem } from '../problem'
import type { Found } from './find'
import type { Schema } from './json-schema'
import { configSchema } from './schema'
import { findSyntaxMistake } from './syntax'

/** Reads and parses what was found. Never throws. */
export function readConfig({ path, kind }: Found): { readonly value: unknown } | { readonly problem: Problem } {
  const read = readText(path)
  if ('problem' in read) return read
  const { text } = read
  try {
    const value: unknown = JSON.parse(text)
    return { value: kind === 'package' ? (value as { hewn?: unknown } | null)?.hewn : value }
  } catch {
    return { problem: syntaxProblem(path, text) }
  }
}

/** A text file without its byte order mark. Refuses what is no file: reading from a pipe may never end. */
export function readText(path: string): { readonly text: string } | { readonly problem: Problem } {
  const problem = (found: string, expected = 'a configuration in JSON') => ({
    problem: { where: path, found, expected },
  })
  try {
    const stat = statSync(path)
    if (!stat.isFile()) return problem(stat.isDirectory() ? 'a folder' : 'a pipe or device')
    if (stat.size > MAX_BYTES) return problem(`${stat.size} bytes`, `at most ${MAX_BYTES}`)
    const text = readFileSync(path, 'utf8')
    return { text: text.startsWith('\ufeff') ? text.slice(1) : text }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return problem('no such file')
    if (code === 'EACCES' || code === 'EPERM') return problem('a file that this user may not read')
    return problem(`${code ?? 'an error'} when reading it`)
  }
}

function syntaxProblem(path: string, text: string): Problem {
  const mistake = findSyntaxMistake(text)
  if (mistake === undefined) return { where: path, found: 'a syntax error', expected: 'JSON' }
  const { found, expected } = mistake
  // At the end of a file the place to look at is where its text ends.
  const at = Math.min(mistake.at, text.trimEnd().length)
  const start = text.lastIndexOf('\n', at - 1) + 1
  const line = text.slice(0, start).split('\n').length
  const [shown = ''] = text.slice(start).split(/\r?\n/, 1)
  const length = Math.max(1, Math.min(mistake.length, start + shown.length - at))
  return { where: `${path}:${line}:${at - start + 1}`, found, expected, text: showable(shown), at: at - start, length }
}

/** A line of a configuration with dots for all that is not hewn's own word: what stands there may be a secret. */
function showable(line: string): string {
  return line.replace(/[^\s{}[\]:,"']+/g, word => (WORDS.has(word) ? word : '·'.repeat(word.length)))
}

function wordsOf(schema: Schema): string[] {
  const { properties = {}, additionalProperties, items, oneOf = [], anyOf = [] } = schema
  const below = [...Object.values(properties), ...oneOf, ...anyOf]
  if (items !== undefined) below.push(items)
  if (typeof additionalProperties === 'object') below.push(additionalProperties)
  return [...Object.keys(properties), ...(schema.enum ?? []), schema.const ?? '', ...below.flatMap(wordsOf)]
}

const COMMON = 'true false null production development test trace debug info warn error fatal silent // /* */'
const WORDS: ReadonlySet<string> = new Set([...wordsOf(configSchema), ...COMMON.split(' ')])
/** Far beyond any configuration. */
const MAX_BYTES = 1_048_576

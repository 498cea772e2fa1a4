/**
 * Writes lib/layouts/ecs-table.ts from the field definitions that Elastic publishes with each version of the Elastic
 * Common Schema, as generated/csv/fields.csv in https://github.com/elastic/ecs.
 *
 *     node dist/scripts/ecs-table.js VERSION path/to/fields.csv
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** A letter for what Elasticsearch takes; none for text of any kind. */
const LETTERS: Readonly<Record<string, string>> = {
  keyword: '',
  match_only_text: '',
  wildcard: '',
  text: '',
  constant_keyword: 'c',
  long: 'l',
  integer: 'l',
  float: 'f',
  double: 'f',
  scaled_float: 'f',
  boolean: 'b',
  date: 'd',
  ip: 'i',
  geo_point: 'g',
  object: 'o',
  nested: 'o',
  flattened: 'o',
}

interface Node {
  letter?: string
  readonly inner: Map<string, Node>
}

/** `http(request(method,bytes:l))`, with what occurs more than once named by its number: `os(@3)`. One name a line. */
export function encodeTable(csv: string): string[] {
  const root: Node = { inner: new Map() }
  for (const line of csv.trim().split('\n').slice(1)) {
    const [, , , field = '', type = ''] = line.split(',')
    const letter = LETTERS[type]
    if (letter === undefined) throw new Error(`${field}: found the type '${type}', expected a known one`)
    let node = root
    for (const name of field.split('.')) {
      if (!node.inner.has(name)) node.inner.set(name, { inner: new Map() })
      node = node.inner.get(name)!
    }
    node.letter = letter
  }
  const counts = new Map<string, number>()
  textOf(root, text => {
    counts.set(text, (counts.get(text) ?? 0) + 1)
    return text
  })
  const shared: string[] = []
  const numbers = new Map<string, string>()
  const whole = textOf(root, (text, full) => {
    if ((counts.get(full) ?? 0) < 2 || full.length < 16) return text
    if (!numbers.has(full)) numbers.set(full, `@${shared.push(text) - 1}`)
    return numbers.get(full)!
  })
  return [...shared, whole]
}

/** The inside of a node; `name` may replace it, knowing it as it is written and in full. */
function textOf(node: Node, name: (text: string, full: string) => string): string {
  const write = (from: Node): [text: string, full: string] => {
    const entries = [...from.inner].sort(([a], [b]) => (a < b ? -1 : 1))
    const parts = entries.map(([key, inner]) => {
      // Below a value, `name.text` say, are other ways to index it, and nothing to be sent.
      if (inner.inner.size === 0 || (inner.letter !== undefined && inner.letter !== 'o')) {
        const leaf = inner.letter === '' ? key : `${key}:${inner.letter}`
        return [leaf, leaf]
      }
      const [text, full] = write(inner)
      return [`${key}(${text})`, `${key}(${full})`]
    })
    const full = parts.map(part => part[1]).join()
    return [name(parts.map(part => part[0]).join(), full), full]
  }
  return write(node)[0]
}

function main(): void {
  const [version, path] = process.argv.slice(2)
  if (version === undefined || path === undefined) throw new Error('expected a version and the path of fields.csv')
  const lines = encodeTable(readFileSync(path, 'utf8')).map(text => `${text};`)
  const wrapped = lines.join('').match(/.{1,114}/g) ?? []
  const source = [
    '// Written by scripts/ecs-table.ts from the field definitions that Elastic publishes: change that, not this.',
    '',
    '/** The version of the Elastic Common Schema that the table is of. */',
    `export const ECS_VERSION = '${version}'`,
    '',
    '/**',
    ' * Every field of that version: `http(request(method,bytes:l))`, a letter for the type where it is no text. What stands',
    ' * before a `;` can be named by its number, `os(@3)`; the last of them is the whole.',
    ' */',
    'export const ECS_TABLE = [',
    ...wrapped.map(text => `  '${text}',`),
    "].join('')",
    '',
  ]
  writeFileSync(join(resolve(__dirname, '../..'), 'lib/layouts/ecs-table.ts'), source.join('\n'))
}

if (require.main === module) main()

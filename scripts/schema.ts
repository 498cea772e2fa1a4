/**
 * Writes hewn.schema.json, for editors, and the tables of docs/configuration.md, from the one schema that the library
 * itself checks a configuration by.
 *
 *     node dist/scripts/schema.js [--check]
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Schema } from '../lib/config/json-schema'
import { configSchema, profileSchema, transportSchemas } from '../lib/config/schema'

const START = '<!-- options:start -->'
const END = '<!-- options:end -->'

/** The published schema, laid out as the formatter wants it. */
export function publishedSchema(): string {
  const head = {
    // The newest that editors know in full.
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of hewn',
  }
  return `${print({ ...head, ...configSchema }, '')}\n`
}

/** The tables of all options. */
export function optionTables(): string {
  const top = { ...profileSchema.properties, env: configSchema.properties.env }
  const transports = Object.entries(transportSchemas).map(([type, schema]) => {
    const { type: _, ...options } = schema.properties
    return `### Transport \`${type}\`\n\n${schema.description}\n\n${table(options, schema.required)}`
  })
  return [table(top), ...transports].join('\n\n')
}

/** The document with the tables between its markers replaced. Throws if it has no markers. */
export function withTables(document: string, tables: string): string {
  const [start, end] = [document.indexOf(START), document.indexOf(END)]
  if (start === -1 || end < start) throw new Error(`docs/configuration.md has no ${START} before ${END}`)
  return `${document.slice(0, start + START.length)}\n\n${tables}\n\n${document.slice(end)}`
}

function table(options: Readonly<Record<string, Schema>>, required: readonly string[] = []): string {
  const rows = Object.entries(options).flatMap(([name, schema]) => rowsOf(name, schema, required.includes(name)))
  return ['| option | value | default | |', '|---|---|---|---|', ...rows].join('\n')
}

function rowsOf(name: string, schema: Schema, required: boolean): string[] {
  const fallback = required ? 'required' : schema.default === undefined ? '' : code(schema.default)
  const row = `| \`${name}\` | ${kindOf(schema)} | ${fallback} | ${cell(schema.description ?? '')} |`
  const inner = Object.entries((schema.anyOf?.find(({ type }) => type === 'object') ?? schema).properties ?? {})
  return [row, ...inner.flatMap(([key, property]) => rowsOf(`${name}.${key}`, property, false))]
}

function kindOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map(code).join(' or ')
  if (schema.anyOf !== undefined) return schema.anyOf.map(kindOf).join(' or ')
  if (Array.isArray(schema.type)) return 'string or whole number'
  if (schema.type !== 'integer') return String(schema.type ?? '')
  return `whole number, ${schema.minimum} to ${schema.maximum}`
}

function code(value: unknown): string {
  return `\`${JSON.stringify(value)}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

/** JSON with each property on a line of its own, and arrays of words on one line. */
function print(value: unknown, indent: string): string {
  const inner = `${indent}  `
  const block = (open: string, items: readonly string[], close: string): string =>
    items.length === 0
      ? `${open}${close}`
      : `${open}\n${items.map(item => inner + item).join(',\n')}\n${indent}${close}`
  if (Array.isArray(value)) {
    if (value.every(item => typeof item === 'string')) return `[${value.map(item => JSON.stringify(item)).join(', ')}]`
    return block(
      '[',
      value.map(item => print(item, inner)),
      ']',
    )
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return block(
    '{',
    Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${print(item, inner)}`),
    '}',
  )
}

function main(): void {
  const root = resolve(__dirname, '../..')
  const document = join(root, 'docs/configuration.md')
  const wanted: [string, string][] = [
    [join(root, 'hewn.schema.json'), publishedSchema()],
    [document, withTables(readFileSync(document, 'utf8'), optionTables())],
  ]
  for (const [path, text] of wanted) {
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
    if (process.argv.includes('--check')) {
      console.error(`${path} is not what lib/config/schema.ts says; npm run docs writes it`)
      process.exitCode = 1
    } else {
      writeFileSync(path, text)
    }
  }
}

if (require.main === module) main()

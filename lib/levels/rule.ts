import type { LevelTable } from './levels'

/** One `[field=value]`. Values are compared as text. */
export interface Condition {
  readonly field: string
  readonly value: string
  /** The field as a dotted path, or undefined if it has no dot. Split here, because conditions are read in log calls. */
  readonly path: readonly string[] | undefined
}

/** One item of a level text, understood. */
export interface Rule {
  /**
   * What it speaks of: `default`, every name that no other rule matches; `name`, the loggers of a name or
   * a glob; `transport`, what a transport takes.
   */
  readonly target: 'default' | 'name' | 'transport'
  /** The logger's or transport's name, or the glob; `**` where only conditions were given; '' for the default. */
  readonly name: string
  /** Whether `*` and `**` in `name` stand for segments. An exact name also matches all names below it. */
  readonly glob: boolean
  /** All must hold. Empty for `default` and `transport`. */
  readonly conditions: readonly Condition[]
  /** The threshold's number. */
  readonly level: number
}

/** The name that matches every logger, the root included. */
export const EVERY_NAME = '**'

export function condition(field: string, value: string): Condition {
  return { field, value, path: field.includes('.') ? field.split('.') : undefined }
}

/** Whether the character ends an unquoted word: the grammar's own characters and blanks. */
export function endsWord(code: number): boolean {
  return (
    isBlank(code) ||
    code === COMMA ||
    code === EQUALS ||
    code === OPEN_BRACKET ||
    code === CLOSE_BRACKET ||
    code === QUOTE
  )
}

export function isBlank(code: number): boolean {
  return code <= 0x20 || code === 0xa0 || code === 0xfeff || code === 0x2028 || code === 0x2029
}

export const COMMA = 0x2c
export const EQUALS = 0x3d
export const OPEN_BRACKET = 0x5b
export const CLOSE_BRACKET = 0x5d
export const QUOTE = 0x22
export const BACKSLASH = 0x5c

/** The rules as a text that parses to the same rules. */
export function printRules(rules: readonly Rule[], levels: LevelTable): string {
  return rules.map(rule => printRule(rule, levels)).join(',')
}

/** One rule as a text that parses to the same rule. */
export function printRule(rule: Rule, levels: LevelTable): string {
  const level = printLevel(rule.level, levels)
  if (rule.target === 'default') return level
  return `${printTarget(rule)}${rule.conditions.map(printCondition).join('')}=${level}`
}

function printTarget({ target, name, glob, conditions }: Rule): string {
  if (target === 'transport') return `to:${isWord(name) && !name.includes('*') ? name : quoted(name)}`
  if (glob) return name === EVERY_NAME && conditions.length > 0 ? '' : name
  const plain = isWord(name) && !name.includes('*') && !/^-|^to:|^\.|\.\.|\.$/.test(name)
  return plain ? name : quoted(name)
}

function printCondition({ field, value }: Condition): string {
  return `[${isWord(field) ? field : quoted(field)}=${isWord(value) && !value.includes('*') ? value : quoted(value)}]`
}

function printLevel(level: number, levels: LevelTable): string {
  const label = levels.label(level)
  return isWord(label) && levels.number(label) === level ? label : String(level)
}

function isWord(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (endsWord(text.charCodeAt(i))) return false
  return text.length > 0
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

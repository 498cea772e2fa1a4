import { type ParseArgsConfig, parseArgs } from 'node:util'
import { nearest, type Problem, quote } from '../problem'

/** The options of a command, by their long names. */
export type OptionTable = NonNullable<ParseArgsConfig['options']>

export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | undefined>>
  readonly positionals: readonly string[]
  readonly problems: readonly Problem[]
}

/** Reads a command's arguments. Never throws: each mistake is a problem with the nearest option that there is. */
export function readArguments(args: readonly string[], options: OptionTable): Arguments {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const problems: Problem[] = []
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const { name, rawName, value } = token
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (option === undefined) problems.push(unknown(rawName, options))
    else if (option.type === 'string' && value === undefined) {
      problems.push({ where: rawName, found: 'nothing behind it', expected: 'a value' })
    } else if (option.type === 'boolean' && value !== undefined) {
      problems.push({ where: rawName, found: quote(value), expected: 'no value' })
    } else if (seen.has(name)) problems.push({ where: rawName, found: 'it twice', expected: 'it once' })
    seen.add(name)
  }
  return { values: values as Arguments['values'], positionals, problems }
}

/** The value of an option that takes one. */
export function textOf(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function unknown(rawName: string, options: OptionTable): Problem {
  const names = Object.entries(options).map(
    ([name, { short }]) => `${short === undefined ? '' : `-${short}, `}--${name}`,
  )
  const long = nearest(rawName.replace(/^-+/, ''), Object.keys(options))
  return {
    where: 'hewn',
    found: `the unknown option ${quote(rawName)}`,
    expected: `one of ${names.join(', ')}`,
    suggestion: long === undefined ? undefined : `--${long}`,
  }
}

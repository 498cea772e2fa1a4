/**
 * The ways to escape a string, by length and by what is in it: what the constants of lib/line/escape.ts come from.
 *
 *     node dist/benchmarks/escape.js        under each Node; ns a string, the least of 20 interleaved rounds
 */
import { escapeText } from '../lib/line/escape'
import { table } from './tables'

const UNSAFE = /[\u0000-\u001f"\\\u007f-\u009f\u2028\u2029\ud800-\udfff]/
const UNSAFE_IN_LINES = /[\u0000-\u0009\u000b-\u001f"\\\u007f-\u009f\u2028\u2029\ud800-\udfff]/
const ROUNDS = 20
const UNITS = 200_000

const WAYS: Readonly<Record<string, (text: string) => string>> = {
  'escapeText, as chosen': escapeText,
  'a loop': text => {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code < 32 || code === 34 || code === 92 || code > 126) return JSON.stringify(text).slice(1, -1)
    }
    return text
  },
  'a regular expression': text => (UNSAFE.test(text) ? JSON.stringify(text).slice(1, -1) : text),
  'the same twice, then replaceAll': text => {
    if (!UNSAFE.test(text)) return text
    return UNSAFE_IN_LINES.test(text) ? '' : text.replaceAll('\n', '\\n')
  },
  'JSON.stringify, if ASCII': text => {
    if (Buffer.byteLength(text) !== text.length || text.includes('\u007f')) return ''
    const json = JSON.stringify(text)
    return json.length === text.length + 2 ? text : json.slice(1, -1)
  },
}

const KINDS: Readonly<Record<string, number>> = { plain: Number.POSITIVE_INFINITY, 'a line break every 60': 60 }
const LENGTHS = [12, 24, 48, 96, 256, 1024, 2048]

/** One piece of memory each, as a string from a socket or a parser is. */
function texts(length: number, every: number): string[] {
  return Array.from({ length: Math.ceil(UNITS / length) }, (_, index) => {
    const units = Array.from({ length }, (_, at) =>
      Number.isFinite(every) && at % every === 20 ? '\n' : ((index * 31 + at * 7) % 36).toString(36),
    )
    return Buffer.from(units.join('')).toString()
  })
}

function measure(inputs: readonly string[]): number[] {
  const least = Object.values(WAYS).map(() => Number.POSITIVE_INFINITY)
  let units = 0
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, way] of Object.values(WAYS).entries()) {
      const start = performance.now()
      for (const text of inputs) units += way(text).length
      least[index] = Math.min(least[index]!, ((performance.now() - start) * 1e6) / inputs.length)
    }
  }
  if (units === 0) throw new Error('nothing was escaped')
  return least
}

const rows: string[][] = []
for (const [kind, every] of Object.entries(KINDS)) {
  for (const length of LENGTHS) {
    if (every <= length || !Number.isFinite(every)) {
      rows.push([`${length}, ${kind}`, ...measure(texts(length, every)).map(ns => ns.toFixed(0))])
    }
  }
}
console.log(`Node ${process.version}\n`)
console.log(table(['characters', ...Object.keys(WAYS)], rows))

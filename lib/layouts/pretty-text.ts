/** What a piece of a pretty line is, and so how it looks. */
export type Style = keyof typeof CODES

/** Gives text its look, a number for a request's colour; without colours the text stays as it is. */
export type Paint = (style: Style | number, text: string) => string

const CODES = {
  bold: '1',
  dim: '2',
  name: '35',
  key: '36',
  place: '36',
  problem: '1;31',
  trace: '2',
  debug: '34',
  info: '32',
  warn: '33',
  error: '31',
  fatal: '1;37;41',
  custom: '36',
}

export const PLAIN: Paint = (_style, text) => text

/** The sixteen basic colours: they follow the terminal's own theme, light or dark. */
export const COLORED: Paint = painter(['32', '33', '34', '35', '36'])

/** For requests besides: of the 256 colours, those of a contrast of at least 3 on black and on white, without the reds. */
export const COLORED_256: Paint = painter(
  [166, 136, 100, 64, 28, 30, 32, 63, 99, 134, 164, 169].map(number => `38;5;${number}`),
)

function painter(hues: readonly string[]): Paint {
  return (style, text) => {
    if (text === '') return ''
    return `\x1b[${typeof style === 'number' ? hues[style % hues.length] : CODES[style]}m${text}\x1b[0m`
  }
}

/**
 * Whether to write colours: FORCE_COLOR decides (`0` and `false` are no), then NO_COLOR and NODE_DISABLE_COLORS
 * (anything but empty is no), then TERM=dumb, then whether it is a terminal.
 */
export function wantsColor(env: Readonly<Record<string, string | undefined>>, isTTY: boolean | undefined): boolean {
  const force = env.FORCE_COLOR
  if (force !== undefined) return force !== '0' && force.toLowerCase() !== 'false'
  if (env.NO_COLOR || env.NODE_DISABLE_COLORS || env.TERM === 'dumb') return false
  return isTTY === true
}

/**
 * How many colours a terminal has, in bits: 4 or 8. Not tty's getColorDepth, which writes a warning when FORCE_COLOR
 * and NO_COLOR are both set.
 */
export function colorDepth(env: Readonly<Record<string, string | undefined>>): 4 | 8 {
  const { FORCE_COLOR: force = '', COLORTERM = '', TERM = '' } = env
  if (force === '1') return 4
  return force === '2' || force === '3' || COLORTERM !== '' || MANY_COLORS.test(TERM) ? 8 : 4
}

const MANY_COLORS = /256|direct|kitty|alacritty|ghostty|wezterm/

/**
 * Text that does nothing to a terminal: control characters (C0, DEL, C1), the two separators and what turns the
 * direction of writing are shown as `\n`, `\x1b`, `\u202e`.
 */
export function visible(text: string): string {
  return HARMFUL.test(text) ? text.replace(ALL_HARMFUL, escaped) : text
}

/** `visible` for a whole line that isn't ours: its tabs stay blank. */
export function visibleLine(line: string): string {
  return visible(line.replaceAll('\t', '    '))
}

/** A string as a value: bare where that is clear, else in quotes. What stands for a value that could not be written is bare. */
export function word(text: string): string {
  if (BARE.test(text) && !LOOKS_TYPED.test(text)) return visible(text)
  if (MARK.test(text)) return visible(text)
  return `"${visible(text.replaceAll('\\', '\\\\').replaceAll('"', '\\"'))}"`
}

/** A key, in quotes where it would run into its value. */
export function keyWord(key: string): string {
  return BARE_KEY.test(key) ? visible(key) : `"${visible(key.replaceAll('"', '\\"'))}"`
}

const HARMFUL_CLASS = '[\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u206f]'
const HARMFUL = new RegExp(HARMFUL_CLASS)
const ALL_HARMFUL = new RegExp(HARMFUL_CLASS, 'g')
const BARE = /^[^\s"',{}[\]]+$/
const BARE_KEY = /^[^\s"':=,{}[\]]+$/
/** As a bare word these would pass for a number, a boolean or null. */
const LOOKS_TYPED = /^(-?\d+(\.\d+)?(e[+-]?\d+)?|true|false|null)$/i
const MARK = /^\[[^"\n]+\]$/

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escaped(character: string): string {
  const code = character.charCodeAt(0)
  const hex = code.toString(16)
  return SHORT[character] ?? (code < 256 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`)
}

/** What a terminal would act on: control characters, separators of lines, and what turns the direction of writing. */
export const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]/

const ALL_HARMFUL = new RegExp(HARMFUL, 'g')

/** Text with such characters as JSON escapes them. In JSON they stand within strings only, so it means the same. */
export function jsonEscaped(text: string): string {
  return text.replace(ALL_HARMFUL, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

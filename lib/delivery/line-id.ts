/** The field that carries a line's id to a receiver with no place of its own for it. */
export const ID_FIELD = 'hewn_id'

/**
 * A line with its id as the first field, so that the receiver can tell a line sent twice. One that has such a field
 * already, because it came from another hewn, keeps that one: no key is ever there twice.
 */
export function withId({ id, text }: { readonly id: string; readonly text: string }): string {
  if (!text.startsWith('{') || text.includes(`"${ID_FIELD}"`)) return text
  return text === '{}' ? `{"${ID_FIELD}":"${id}"}` : `{"${ID_FIELD}":"${id}",${text.slice(1)}`
}

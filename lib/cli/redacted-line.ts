import type { Redact } from '../line/redact/options'
import { Redaction } from '../line/redact/redaction'
import { beginRecord } from '../line/value'
import { LONGEST } from './shipped-line'

/** Makes of hewn's lines what rules of redaction leave of them; each ends in a newline. Without rules they stay as they are. */
export function redacting(redact: Redact | undefined): (line: string) => string {
  if (redact === undefined) return line => line
  const redaction = new Redaction(redact)
  // Of a string that was cut somewhere, the end may be half a secret.
  const whole = (_: string, value: unknown): unknown => redaction.whole(value)
  return line => {
    beginRecord()
    return `${redaction.writing.plain(JSON.parse(line, whole) as Record<string, unknown>, LONGEST, redaction.root)}\n`
  }
}

import type { Bound } from '../line/bound'
import { CheckedEncoder } from '../line/checked-encoder'
import type { Layout } from '../line/layout'
import type { RecordText } from '../line/record'
import { HEWN } from './hewn'
import { logfmtLine } from './logfmt-text'

/** logfmt: `time=2026-11-22T21:57:31.123Z level=info logger=http msg="request completed" pid=4132 host=web-1 status=200`. */
export const LOGFMT: Layout = { ...HEWN, name: 'logfmt', encoder: options => new LogfmtEncoder(options) }

/** hewn's own line, written anew: the fields' keys depend on each other once objects are flat. */
class LogfmtEncoder extends CheckedEncoder {
  override message(level: number, now: number, msg: string, bound: Bound) {
    return this.rewritten(super.message(level, now, msg, bound))
  }

  override fields(level: number, now: number, msg: string | undefined, fields: object, bound: Bound) {
    return this.rewritten(super.fields(level, now, msg, fields, bound))
  }

  protected override assemble(level: number, now: number, record: RecordText, room: number): string {
    return logfmtLine(super.assemble(level, now, record, room))
  }

  private rewritten(line: string | undefined): string | undefined {
    if (line === undefined) return undefined
    const text = logfmtLine(line)
    return text.length <= this.safeLength ? text : undefined
  }
}

import { hostname } from 'node:os'
import { lineId, newSpoolId } from './spool/ids'
import type { BatchLine } from './transport'

/** A record that says of itself that it is a test, as the application of this service would have written it at `time`, in ms. */
export function checkRecord(
  origin: { readonly service?: string | undefined; readonly env?: string },
  time: number,
): BatchLine {
  const { service, env } = origin
  const text = JSON.stringify({
    time: new Date(time).toISOString(),
    level: 'info',
    logger: 'hewn.check',
    msg: 'A test record of hewn check, and nothing else',
    pid: process.pid,
    host: hostname(),
    ...(service === undefined ? {} : { service, env }),
  })
  return { id: lineId(newSpoolId(), 1), text, bytes: Buffer.byteLength(text) }
}

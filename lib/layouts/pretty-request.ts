/** What a request is known by, in the order in which it is looked for. `req.id` is that of pino-http. */
const KEYS = [
  'requestId',
  'request_id',
  'reqId',
  'req_id',
  'correlationId',
  'correlation_id',
  'trace_id',
  'traceId',
] as const
const KNOWN: ReadonlySet<string> = new Set(KEYS)

/** A hue's number for the request that a record belongs to, and the field that says which; undefined if none does. */
export interface RequestMark {
  readonly key: string
  readonly hue: number
}

/** The same request has the same mark in every process, so that two people see the same colour. */
export function requestMark(record: Readonly<Record<string, unknown>>): RequestMark | undefined {
  for (const key in record) if (KNOWN.has(key) || key === 'req') return markOf(record)
  return undefined
}

function markOf(record: Readonly<Record<string, unknown>>): RequestMark | undefined {
  for (const key of KEYS) {
    const id = record[key]
    if (isId(id)) return { key, hue: hash(String(id)) }
  }
  const { req } = record
  const id = typeof req === 'object' && req !== null ? (req as { id?: unknown }).id : undefined
  return isId(id) ? { key: 'req', hue: hash(String(id)) } : undefined
}

function isId(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number'
}

/** FNV-1a, of as much as any id has. */
function hash(text: string): number {
  let sum = 0x811c9dc5
  const end = Math.min(text.length, 128)
  for (let i = 0; i < end; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x0100_0193)
  // The low bits of FNV follow the last character alone.
  return (sum ^ (sum >>> 15)) >>> 0
}

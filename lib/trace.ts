import { Ambient, ambient } from './ambient'

/**
 * Trace ids from @opentelemetry/api, without depending on it: the package keeps its one state on the global object
 * under this symbol, and the active span in its context under the other.
 */
const API = Symbol.for('opentelemetry.js.api.1')
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN')

/** Notices that the application has loaded the package. Called once a second at most. */
export function lookForTraces(): void {
  if ((globalThis as { [API]?: TraceApi })[API]?.context !== undefined) ambient.extras |= Ambient.trace
}

/** `,"trace_id":"…","span_id":"…"` of the active span, or nothing. Never throws. */
export function traceFields(): string {
  try {
    const active = (globalThis as { [API]?: TraceApi })[API]?.context?.active()
    const ids = (active?.getValue(SPAN) as Span | undefined)?.spanContext()
    if (ids === undefined || !HEX.test(ids.traceId) || !HEX.test(ids.spanId) || NONE.test(ids.traceId)) return ''
    return `,"trace_id":"${ids.traceId}","span_id":"${ids.spanId}"`
  } catch {
    return ''
  }
}

const HEX = /^[0-9a-f]{16,32}$/
const NONE = /^0+$/

interface TraceApi {
  context?: { active(): { getValue(key: symbol): unknown } }
}

interface Span {
  spanContext(): { traceId: string; spanId: string }
}

import { DeliveryError, type Refusal, type RefusalKind } from '../outcome'

/**
 * What an HTTP status says of a request: undefined if it was taken. Everything that may be the set-up's fault is
 * `hold`, so that no answer of a proxy or of a receiver that was set up wrong costs a line.
 */
export function classifyStatus(status: number): RefusalKind | undefined {
  if (status >= 200 && status < 300) return undefined
  if (POISON.has(status)) return 'poison'
  if (TEMPORARY.has(status)) return 'temporary'
  return status > 500 && status !== 501 && status !== 505 && status !== 511 ? 'temporary' : 'hold'
}

/** A status as a refusal. `detail` is what the receiver said, cut to a readable length. */
export function refusalOf(
  status: number,
  detail: string,
  retryAfter: string | undefined,
  now: number,
): Refusal | undefined {
  const kind = classifyStatus(status)
  if (kind === undefined) return undefined
  const said = detail.replace(/\s+/g, ' ').trim().slice(0, MAX_DETAIL)
  return {
    kind,
    reason: said === '' ? `status ${status}` : `status ${status}: ${said}`,
    status,
    retryAfter: kind === 'poison' ? undefined : parseRetryAfter(retryAfter, now),
    tooLarge: status === 413,
  }
}

/**
 * What to throw for an HTTP status: undefined for 2xx. `detail` is what the receiver said, shown to people; `retryAfter` is
 * its header of that name, in seconds or a date.
 */
export function statusError(status: number, detail = '', retryAfter?: string | null): DeliveryError | undefined {
  const refusal = refusalOf(status, detail, retryAfter ?? undefined, Date.now())
  return refusal === undefined ? undefined : new DeliveryError(refusal.kind, refusal.reason, refusal)
}

/** Seconds or an HTTP date, as ms from `now`. Undefined if it is neither; past dates are 0, at most five minutes. */
export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined
  const trimmed = text.trim()
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) return Math.min(Number(trimmed) * 1000, MAX_RETRY_AFTER)
  // Date.parse also takes what no receiver means by it, such as '-1'; an HTTP date begins with a day's name.
  const date = /^[A-Z][a-z]{2}/.test(trimmed) ? Date.parse(trimmed) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), MAX_RETRY_AFTER)
}

/** What an error thrown by a transport comes to. What is not known is temporary: it may keep lines waiting, it loses none. */
export function classifyError(error: unknown): Refusal {
  if (error instanceof DeliveryError || isRefusal(error)) return error
  const code = codeOf(error)
  const reason = reasonOf(error)
  if (code !== undefined && (CERTIFICATE.has(code) || HANDSHAKE.test(code) || HANDSHAKE.test(reason))) {
    return { kind: 'hold', reason: `TLS: ${reason}` }
  }
  return { kind: 'temporary', reason }
}

/** Also an error of another copy of hewn, which a transport may have brought. */
function isRefusal(error: unknown): error is Refusal {
  if (typeof error !== 'object' || error === null) return false
  const { kind, reason } = error as { kind?: unknown; reason?: unknown }
  return (kind === 'temporary' || kind === 'poison' || kind === 'hold') && typeof reason === 'string'
}

/** An AggregateError (all addresses of a host failed) has the code of its first. */
function codeOf(error: unknown): string | undefined {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: unknown }
  if (typeof code === 'string') return code
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : undefined
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return textOf(error).slice(0, MAX_DETAIL)
  const first = error instanceof AggregateError && error.message === '' ? error.errors[0] : error
  const message = first instanceof Error ? first.message : textOf(first)
  return (message === '' ? error.name : message).replace(/\s+/g, ' ').trim().slice(0, MAX_DETAIL)
}

/** Of whatever a transport has thrown. */
function textOf(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return 'something was thrown that cannot be shown'
  }
}

const POISON: ReadonlySet<number> = new Set([400, 413, 422])
const TEMPORARY: ReadonlySet<number> = new Set([408, 425, 429, 500])
const MAX_RETRY_AFTER = 5 * 60_000
const MAX_DETAIL = 300

/** OpenSSL's verdicts on a certificate, by the names Node gives them. */
const CERTIFICATE: ReadonlySet<string> = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])
/** The two sides do not speak the same TLS, one of them speaks none, or our own certificate is not wanted. */
const HANDSHAKE =
  /^ERR_(?:SSL|OSSL)_|wrong version number|unsupported protocol|alert (?:protocol|bad cert|unknown ca|cert)/i

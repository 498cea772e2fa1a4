import { DeliveryError } from './outcome'
import { classifyError } from './retry/classify'

/** What is wrong with a receiver, or the way to it, for who has to put it right. */
export interface Diagnosis {
  /** `nobody listens there`, and in brackets what the system or the receiver said. May hold a secret of the options. */
  readonly found: string
  readonly expected: string
}

/** Tells apart what can be wrong: the address, the way, the certificate, the credentials, what is missing there. */
export function diagnose(error: unknown): Diagnosis {
  const { reason, status } = classifyError(error)
  const [found, expected] = verdict(codeOf(error), reason, status)
  // What a transport says of its own options needs no explanation.
  return { found: found === '' ? reason : `${found} (${reason})`, expected }
}

type Verdict = readonly [found: string, expected: string]

function verdict(code: string | undefined, reason: string, status: number | undefined): Verdict {
  if (status !== undefined) return ofStatus(status, reason)
  const known = code === undefined ? undefined : BY_CODE.get(code)
  if (known !== undefined) return known
  const said = BY_REASON.find(([pattern]) => pattern.test(code ?? '') || pattern.test(reason))
  return said?.[1] ?? ['', 'a receiver that takes the test record']
}

function ofStatus(status: number, reason: string): Verdict {
  if (status === 404 && /index_not_found|no matching index template/.test(reason)) return MISSING_INDEX
  const known = BY_STATUS.get(status)
  if (known !== undefined) return known
  if (status >= 500) return ['the receiver is in trouble', 'one that takes lines; they wait until it does']
  if (status >= 300 && status < 400) return ['it is elsewhere', 'its own URL: redirects are not followed']
  return ['it refuses the test record', 'a receiver that takes it']
}

function codeOf(error: unknown): string | undefined {
  const { code, errors, cause } = (error ?? {}) as { code?: unknown; errors?: unknown; cause?: unknown }
  if (typeof code === 'string') return code
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0])
  return error instanceof DeliveryError && cause !== undefined ? codeOf(cause) : undefined
}

const MISSING_INDEX: Verdict = ['there is no such index or template', "an index template for it: 'hewn setup elastic'"]
const CREDENTIALS = 'the credentials that the receiver knows'
const UNTRUSTED: Verdict = [
  'its certificate is not trusted',
  "one of an authority that the system knows, or the authority's in tls.ca",
]

const BY_STATUS: ReadonlyMap<number, Verdict> = new Map([
  [401, ['the credentials are wrong, or missing', CREDENTIALS]],
  [403, ['the credentials do not allow it', 'credentials that may write there']],
  [404, ['there is nothing under this path', 'the path that the receiver takes lines on']],
  [405, ['this path takes no lines', 'the path that the receiver takes lines on']],
  [407, ['a proxy wants to know who asks', 'a way without it']],
  [408, ['no answer in time', 'a receiver that answers']],
  [413, ['the test record is too large for it', 'a receiver that takes a line of a few hundred bytes']],
  [429, ['the receiver has too much to do', 'one that takes lines; they wait until it does']],
])

const REFUSED: Verdict = ['nobody listens there', 'the address and the port of a receiver that runs']
const UNREACHABLE: Verdict = ['there is no way to it', 'an address that can be reached from here']
const SILENT: Verdict = ['no answer in time', 'a receiver that answers; a firewall may be in between']
const HUNG_UP: Verdict = ['it hangs up', 'a receiver that speaks this protocol, with TLS or without as it does']
const EXPIRED: Verdict = ['its certificate is not valid today', 'one that has not expired, and a clock that is right']
const OTHER_HOST: Verdict = [
  'its certificate is for another host',
  'the host that it names, or its name in tls.servername',
]
const NO_TLS: Verdict = ['it speaks no TLS that we do', 'a receiver with TLS, or a URL without']

const BY_CODE: ReadonlyMap<string, Verdict> = new Map([
  ['ENOTFOUND', ['its name is not known', 'the name of a host that exists']],
  ['EAI_AGAIN', ['nobody answers to what address its name has', 'name servers that can be reached']],
  ['ECONNREFUSED', REFUSED],
  ['EHOSTUNREACH', UNREACHABLE],
  ['ENETUNREACH', UNREACHABLE],
  ['EADDRNOTAVAIL', UNREACHABLE],
  ['ETIMEDOUT', SILENT],
  ['ECONNRESET', HUNG_UP],
  ['EPIPE', HUNG_UP],
  ['CERT_HAS_EXPIRED', EXPIRED],
  ['CERT_NOT_YET_VALID', EXPIRED],
  ['ERR_TLS_CERT_ALTNAME_INVALID', OTHER_HOST],
  ['HOSTNAME_MISMATCH', OTHER_HOST],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNTRUSTED],
  ['SELF_SIGNED_CERT_IN_CHAIN', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT', UNTRUSTED],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNTRUSTED],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNTRUSTED],
  ['CERT_UNTRUSTED', UNTRUSTED],
  ['CERT_SIGNATURE_FAILURE', UNTRUSTED],
])

const BY_REASON: readonly (readonly [RegExp, Verdict])[] = [
  [
    /alert (?:certificate|bad cert|unknown ca|handshake failure)|CERTIFICATE_REQUIRED|alert number (?:42|48|116)/i,
    ['it does not take our certificate', 'tls.cert and tls.key as the receiver knows them'],
  ],
  [/^ERR_(?:SSL|OSSL)_|EPROTO|wrong version number|unsupported protocol/i, NO_TLS],
  [/^HPE_/, ['it does not speak HTTP', 'a URL with https:// if it speaks TLS, and the port for HTTP']],
  [/web page/, ['a web page', 'the URL that the receiver takes lines on']],
  [/within \d+ ms|timed out/, SILENT],
]

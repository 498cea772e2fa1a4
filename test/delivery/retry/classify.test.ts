import fc from 'fast-check'
import t from 'tap'
import { DeliveryError } from '../../../lib/delivery/outcome'
import { backoff, holdPause, notBefore } from '../../../lib/delivery/retry/backoff'
import { classifyError, classifyStatus, parseRetryAfter, refusalOf } from '../../../lib/delivery/retry/classify'
import { holds } from '../../support/property'

t.test('each status has one meaning', async t => {
  const of = (kind: string | undefined, ...statuses: number[]): void => {
    for (const status of statuses) t.equal(classifyStatus(status), kind, `${status}`)
  }
  of(undefined, 200, 201, 202, 204)
  of('temporary', 408, 425, 429, 500, 502, 503, 504, 507, 520, 522, 524, 529)
  of('poison', 400, 413, 422)
  of('hold', 301, 302, 303, 307, 308, 401, 403, 404, 405, 407, 410, 415, 421, 431, 451, 501, 505, 511)
})

t.test('no status but 400, 413 and 422 can cost a line', async t => {
  const property = fc.property(fc.integer({ min: 0, max: 2000 }), status => {
    const kind = classifyStatus(status)
    return kind !== 'poison' || [400, 413, 422].includes(status)
  })
  holds(t, property, 500)
})

t.test('Retry-After is seconds or a date, and at most five minutes', async t => {
  const now = Date.UTC(2026, 10, 22, 12, 0, 0)
  t.equal(parseRetryAfter('120', now), 120_000)
  t.equal(parseRetryAfter(' 1.5 ', now), 1500)
  t.equal(parseRetryAfter('Sun, 22 Nov 2026 12:00:30 GMT', now), 30_000)
  t.equal(parseRetryAfter('Sun, 22 Nov 2026 11:00:00 GMT', now), 0)
  t.equal(parseRetryAfter('99999999999', now), 300_000)
  t.equal(parseRetryAfter('Sun, 22 Nov 2099 12:00:00 GMT', now), 300_000)
  for (const text of ['', 'soon', '-1', '1e9', 'NaN', undefined])
    t.equal(parseRetryAfter(text, now), undefined, `${text}`)
})

t.test('whatever a receiver writes into Retry-After, it is a bounded number or nothing', async t => {
  const property = fc.property(fc.string({ unit: 'binary' }), fc.nat(), (text, now) => {
    const ms = parseRetryAfter(text, now)
    return ms === undefined || (ms >= 0 && ms <= 300_000)
  })
  holds(t, property, 500)
})

t.test('a refusal says what the receiver said, on one line and not for long', async t => {
  t.match(refusalOf(503, 'over\n  loaded', '7', 0), {
    kind: 'temporary',
    reason: 'status 503: over loaded',
    retryAfter: 7000,
  })
  t.ok(refusalOf(400, 'x'.repeat(10_000), undefined, 0)!.reason.length < 400)
  t.match(refusalOf(413, '', undefined, 0), { kind: 'poison', tooLarge: true, reason: 'status 413' })
  t.equal(refusalOf(204, '', undefined, 0), undefined)
})

t.test('an error is temporary, unless its code says that the set-up is at fault', async t => {
  const coded = (code: string, message = code): Error => Object.assign(new Error(message), { code })
  for (const code of ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH']) {
    t.equal(classifyError(coded(code)).kind, 'temporary', code)
  }
  for (const code of ['CERT_HAS_EXPIRED', 'SELF_SIGNED_CERT_IN_CHAIN', 'ERR_TLS_CERT_ALTNAME_INVALID']) {
    t.equal(classifyError(coded(code)).kind, 'hold', code)
  }
  t.equal(classifyError(coded('EPROTO', 'SSL routines:ssl3_get_record:wrong version number')).kind, 'hold')
  t.equal(classifyError(new TypeError('x is undefined')).kind, 'temporary')
  t.match(classifyError(new AggregateError([coded('ECONNREFUSED', 'connect ECONNREFUSED ::1')])), {
    kind: 'temporary',
    reason: 'connect ECONNREFUSED ::1',
  })
  for (const thrown of [undefined, null, 'text', 5, {}, { kind: 'hold' }])
    t.equal(classifyError(thrown).kind, 'temporary')
  t.match(classifyError(new DeliveryError('hold', 'no index')), { kind: 'hold', reason: 'no index' })
})

t.test('pauses double up to a minute, and are never more', async t => {
  const property = fc.property(
    fc.integer({ min: 1, max: 10_000 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (n, r) => {
      const pause = backoff(n, () => r)
      return pause >= 0 && pause <= 60_000 && pause <= 500 * 2 ** (n - 1)
    },
  )
  holds(t, property)
  t.equal(
    backoff(1000, () => 1),
    60_000,
  )
  t.equal(
    holdPause(() => 0),
    30_000,
  )
  t.equal(
    notBefore(10_000, () => 0),
    10_000,
  )
})

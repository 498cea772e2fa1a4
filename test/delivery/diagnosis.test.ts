import fc from 'fast-check'
import t from 'tap'
import { diagnose } from '../../lib/delivery/diagnosis'
import { DeliveryError } from '../../lib/delivery/outcome'
import { holds } from '../support/property'

const system = (code: string, message = code): Error => Object.assign(new Error(message), { code })
const status = (status: number, reason = `status ${status}`): Error => new DeliveryError('hold', reason, { status })

t.test('what can be wrong with a receiver is told apart', async t => {
  const cases: readonly (readonly [Error, RegExp])[] = [
    [system('ENOTFOUND'), /^its name is not known/],
    [system('EAI_AGAIN'), /^nobody answers to what address/],
    [system('ECONNREFUSED'), /^nobody listens there/],
    [new AggregateError([system('ECONNREFUSED'), system('ENETUNREACH')]), /^nobody listens there/],
    [system('EHOSTUNREACH'), /^there is no way to it/],
    [system('ETIMEDOUT'), /^no answer in time/],
    [new Error('no TLS handshake within 10000 ms'), /^no answer in time/],
    [system('ECONNRESET'), /^it hangs up/],
    [system('CERT_HAS_EXPIRED'), /^its certificate is not valid today/],
    [system('ERR_TLS_CERT_ALTNAME_INVALID'), /^its certificate is for another host/],
    [system('SELF_SIGNED_CERT_IN_CHAIN'), /^its certificate is not trusted/],
    [system('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), /^it does not take our certificate/],
    [system('ERR_SSL_WRONG_VERSION_NUMBER'), /^it speaks no TLS that we do/],
    [system('HPE_INVALID_CONSTANT'), /^it does not speak HTTP/],
    [status(401), /^the credentials are wrong, or missing/],
    [status(403), /^the credentials do not allow it/],
    [status(404), /^there is nothing under this path/],
    [status(404, 'status 404: index_not_found_exception: no such index'), /^there is no such index or template/],
    [status(302), /^it is elsewhere/],
    [status(400), /^it refuses the test record/],
    [status(503), /^the receiver is in trouble/],
    [new DeliveryError('hold', 'status 200 with a web page: is the URL right?'), /^a web page/],
    [new DeliveryError('hold', 'url: not a URL'), /^url: not a URL$/],
  ]
  for (const [error, expected] of cases) t.match(diagnose(error).found, expected)
})

t.test('a thing whose own text cannot be had is told all the same', async t => {
  const unreadable = { toString: '' }
  t.match(diagnose(unreadable), { found: 'something was thrown that cannot be shown' })
  t.match(diagnose(new AggregateError([unreadable])), { found: 'something was thrown that cannot be shown' })
})

t.test('whatever is thrown, there is something to say of it', async t => {
  holds(
    t,
    fc.property(fc.anything(), value => {
      const { found, expected } = diagnose(value)
      return typeof found === 'string' && expected.length > 0
    }),
  )
})

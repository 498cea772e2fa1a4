import fc from 'fast-check'
import t from 'tap'
import { Secrets } from '../../lib/delivery/secrets'
import { holds } from '../support/property'

t.test('secrets of the options are taken out of a text, in every form they are sent in', async t => {
  const secrets = new Secrets({
    url: 'https://user:p%40ssw0rd-1@host/path?api_key=query-key-2&page=visible',
    headers: { Authorization: 'Bearer tok-3', accept: 'application/json' },
    apiKey: ['first-4', 'second-5'],
    tls: { key: '-----PEM 6-----', ca: 'public' },
    host: 'visible-host',
  })
  const basic = Buffer.from('user:p@ssw0rd-1').toString('base64')
  const text = `p@ssw0rd-1 p%40ssw0rd-1 ${basic} query-key-2 Bearer tok-3 tok-3 first-4 second-5 -----PEM 6----- visible-host page=visible application/json`
  t.equal(
    secrets.hide(text),
    '[secret] [secret] [secret] [secret] [secret] [secret] [secret] [secret] [secret] visible-host page=visible application/json',
  )
})

t.test('a URL never shows its user', async t => {
  t.equal(new Secrets({}).hide('connect to https://a:b@host/x failed'), 'connect to https://[secret]@host/x failed')
})

t.test('whatever a password is, it is not in what is shown', async t => {
  const word = fc
    .string({ minLength: 3, maxLength: 30 })
    .filter(text => !'[secret]'.includes(text) && text.trim() !== '')
  const property = fc.property(word, fc.string(), fc.string(), (password, before, after) => {
    const shown = new Secrets({ password }).hide(`${before}${password}${after}`)
    return !shown.replaceAll('[secret]', '\u0000').includes(password)
  })
  holds(t, property, 500)
})

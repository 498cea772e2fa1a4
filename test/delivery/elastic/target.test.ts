import fc from 'fast-check'
import t from 'tap'
import { streamPart, targetOf } from '../../../lib/delivery/elastic/target'
import { holds } from '../../support/property'
import { isLegalName } from '../../support/receivers/bulk-receiver'

const anything = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('-', '..', 'A-B', 'x'.repeat(300), 'ü'.repeat(90)),
  fc.jsonValue(),
)
const time = fc.integer({ min: 0, max: 4e12 })

t.test('whatever a service and an environment are called, the name is legal and has three parts', t => {
  const target = targetOf({})
  holds(
    t,
    fc.property(anything, anything, time, (service, env, at) => {
      const name = target.of({ service, env }, at)
      return isLegalName(name) && name.split('-').length === 3 && !name.includes('--') && !name.endsWith('-')
    }),
  )
  t.end()
})

t.test('whatever an index is called, the name is legal', t => {
  holds(
    t,
    fc.property(fc.string({ minLength: 1 }), anything, time, (text, service, at) => {
      const { of } = targetOf({ index: `${text.replace(/[{}]/g, '')}{service}{date}` })
      return isLegalName(of({ service }, at))
    }),
  )
  t.end()
})

t.test('a part of a data stream has at most 100 bytes, and no half character', t => {
  t.equal(streamPart(`${'a'.repeat(99)}ü`), 'a'.repeat(99))
  t.equal(streamPart('😀'.repeat(30)), '😀'.repeat(25))
  t.equal(streamPart('My-API v2'), 'my_api_v2')
  t.end()
})

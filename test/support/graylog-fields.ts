import fc from 'fast-check'

const name = fc.oneof(
  fc.constantFrom(
    'id',
    '_id',
    'source',
    'message',
    'gl2_a',
    'a.b',
    'a_b',
    'a',
    'b',
    'level_name',
    'pid',
    'err_type',
    'x',
  ),
  fc.constantFrom('__proto__', '_', '', '.', 'größe', 'ключ', 'field', 'field_2', 'fields_id', 'timestamp', 'streams'),
  fc.string({ maxLength: 6 }),
  fc.string({ unit: 'grapheme', maxLength: 4 }),
)
const value = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(fc.string({ maxLength: 10 }), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })),
    fc.constantFrom(true, false, null, '', 2 ** 53, 1e21),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }),
  ),
})).value
const RESERVED = new Set(['time', 'level', 'logger', 'msg', 'err', 'pid', 'host', 'service', 'env', 'version'])

/** Fields as a user of hewn might log them: names that GELF and Graylog have for themselves, that collide, or are no names there. */
export const userFields: fc.Arbitrary<Record<string, unknown>> = fc
  .dictionary(name, value, { maxKeys: 8 })
  .map(given => Object.fromEntries(Object.entries(given).filter(([key]) => !RESERVED.has(key))))

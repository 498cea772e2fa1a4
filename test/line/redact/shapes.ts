import fc from 'fast-check'

/** Something that holds a value, as an application's data might. */
type Wrap = (value: unknown) => unknown

class Holder {
  constructor(readonly held: unknown) {}
}

class Hidden {
  readonly #held: unknown

  constructor(held: unknown) {
    this.#held = held
  }

  [Symbol.for('hewn.log')](): unknown {
    return { shown: this.#held }
  }
}

export const WRAPS: Readonly<Record<string, Wrap>> = {
  'a property': held => ({ before: 1, held, after: 'x' }),
  'a property beside many': held => ({
    ...Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`k${i}`, i])),
    held,
  }),
  'a property beside a strange key': held => ({ '\ud800': 1, held }),
  'an item': held => ['a', held, 3],
  'an item of a pair': held => [['name', held]],
  'a Map': held => new Map([['held', held]]),
  'a Map of other keys': held =>
    new Map<unknown, unknown>([
      [1, held],
      ['held', held],
    ]),
  'a Set': held => new Set([held, 1]),
  'an instance': held => new Holder(held),
  'a null prototype': held => Object.assign(Object.create(null), { held }),
  'an error': held => Object.assign(new Error('failed'), { held }),
  'a cause': held => new Error('failed', { cause: held }),
  errors: held => new AggregateError([held, new Error('other')], 'failed'),
  'a toJSON': held => ({ toJSON: () => ({ held }) }),
  'a form of its own': held => new Hidden(held),
  'a getter': held => ({
    get held() {
      return held
    },
  }),
  'a proxy': held => new Proxy({ held }, {}),
  'a proxy of an array': held => new Proxy([held], {}),
  'a reserved name': held => ({ level: held, msg: { held }, fields: held }),
  err: held => ({ err: held }),
  'a request': held => ({ method: 'GET', url: '/', headers: {}, socket: {}, raw: {}, held }),
}

/** Any of them in any other, up to four deep. */
export const wraps: fc.Arbitrary<Wrap> = fc
  .array(fc.constantFrom(...Object.values(WRAPS)), { maxLength: 4 })
  .map(list => (value: unknown) => list.reduce((held, wrap) => wrap(held), value))

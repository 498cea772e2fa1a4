import t from 'tap'
import { type ContractSubject, transportContract } from '../../lib/testing'
import { FLAWS, flawed, type Store, stores } from './flawed'

function subject(flaw: (typeof FLAWS)[number]): ContractSubject {
  return {
    poison: '{"msg":"poison"}',
    secrets: ['hunter2'],
    async start() {
      const store: Store = { lines: [], refusal: undefined, stalled: false }
      const name = `${flaw}-${stores.size}`
      stores.set(name, store)
      // Without its password among the options, hewn cannot know what the receiver gives away.
      const password = flaw === 'tells' ? {} : { password: 'hunter2' }
      return {
        transport: flawed({ store: name, flaw, ...password }),
        received: () => store.lines,
        refuse: kind => {
          store.refusal = kind
        },
        stall: stalled => {
          store.stalled = stalled
        },
        stop: () => {},
      }
    },
  }
}

const found: Record<(typeof FLAWS)[number], RegExp | undefined> = {
  none: undefined,
  // It is the pipeline that bounds a transport's closing.
  hangs: undefined,
  swallows: /nothing is lost while the receiver cannot take anything/,
  reverses: /every line arrives, once and in order/,
  tells: /secrets do not leak/,
  halves: /every line arrives, once and in order/,
  flatters: /its own check/,
}

for (const flaw of FLAWS) {
  const expected = found[flaw]
  const what = expected === undefined ? 'passes' : 'does not pass'
  t.test(`a transport whose flaw is '${flaw}' ${what} the contract`, async t => {
    const failed: string[] = []
    // One check is enough to catch it; the others would wait for what will not come.
    const checks = transportContract(subject(flaw)).filter(({ name }) =>
      (flaw === 'hangs' ? /closing|closed/ : (expected ?? /./)).test(name),
    )
    await Promise.all(
      checks.map(({ name, run }) => run().catch(error => failed.push(`${name}: ${(error as Error).message}`))),
    )
    if (expected === undefined) t.strictSame(failed, [])
    else t.match(failed, [expected])
  })
}

t.test('each check has a name of its own', async t => {
  const names = transportContract(subject('none')).map(({ name }) => name)
  t.equal(new Set(names).size, names.length)
  t.ok(names.length >= 12)
})

import { readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import t from 'tap'
import * as realm from '../../lib/output/realm'

/** The module as it is loaded in one of Jest's test files: a context with a copy of `process`. */
function loadInContext(): typeof realm {
  const exports = {} as typeof realm
  const context = createContext({ process: Object.create(process), exports, require })
  runInContext(readFileSync(require.resolve('../../lib/output/realm'), 'utf8'), context)
  return exports
}

t.test('in the thread itself process is the real one', async t => {
  t.equal(realm.realProcess, process)
  t.equal(realm.inOwnRealm, true)
})

t.test('a copy of hewn in a vm context finds the real process and shares what the others share', async t => {
  const inside = loadInContext()
  t.equal(inside.realProcess, process)
  t.equal(inside.inOwnRealm, false)
  const made = realm.shared('hewn.test', () => ({ by: 'the thread' }))
  t.equal(
    inside.shared('hewn.test', () => ({ by: 'the context' })),
    made,
  )
})

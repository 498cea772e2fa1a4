import type { Test } from 'tap'
import { entersNetwork, Network, withoutNetwork } from './network'
import { type Application, Scene, without } from './scene'

interface Line {
  readonly scene: Scene
  readonly app: Application
  readonly network: Network
  /** To the receiver, and from it. */
  readonly there: string
  readonly back: string
}

/** An application that has delivered 100 lines, over a connection that is still there. */
async function connected(t: Test): Promise<Line> {
  const network = new Network()
  t.teardown(() => network.heal())
  const scene = await Scene.begin(t)
  const app = await scene.start()
  await app.does('log 100')
  t.match(await app.does('flush 60000'), { left: 0 })
  const { port } = scene.receiver
  return { scene, app, network, there: `tcp dport ${port}`, back: `tcp sport ${port}` }
}

/** 200 lines more, and all of them arrive. */
async function recovers(t: Test, { scene, app }: Line, fault: string, issued: number): Promise<void> {
  await app.does('log 200')
  t.match(await app.does('flush 60000'), { left: 0 })
  await app.stop()
  scene.conserved(fault, issued + 200)
}

function tests(): void {
  // Not in the process that only makes the network.
  const { t } = require('tap') as typeof import('tap')
  const skip = without('root') || withoutNetwork()
  const timeout = 100_000

  t.test('packets that vanish in the middle of a connection are waited for', { skip, timeout }, async t => {
    const line = await connected(t)
    line.network.rules(`${line.there} drop`, `${line.back} drop`)
    await line.app.does('log 300')
    await line.network.met(3)
    t.match(await line.app.does('flush 500'), { flushed: 0 })
    line.network.heal()
    await recovers(t, line, 'packets vanish both ways', 400)
  })

  t.test(
    'lines whose answer vanished, and then the connection, come twice under the same ids',
    { skip, timeout },
    async t => {
      const line = await connected(t)
      // Without its acknowledgements the receiver's system has the request all the same.
      line.network.rules(`${line.back} drop`)
      await line.app.does('log 300')
      await line.scene.receiver.reached(101)
      line.network.rules(`${line.there} reject with tcp reset`)
      await line.network.met(1)
      line.network.heal()
      await recovers(t, line, 'answers vanish, then the connection', 400)
      t.ok(line.scene.receiver.stored.length > 600, 'some came twice')
    },
  )

  t.test(
    'a connection that is reset, and each that is tried, is told once, and so is the end of it',
    { skip, timeout },
    async t => {
      const line = await connected(t)
      line.network.rules(`${line.there} reject with tcp reset`)
      await line.app.does('log 300')
      await line.app.says(/is down: .*; lines wait, nothing is dropped\n/)
      await line.network.met(4)
      line.network.heal()
      await line.app.says(/is back after \d+ s/)
      await recovers(t, line, 'connections are reset', 400)
      t.equal(line.app.stderr.split('\n').length - 1, 2, line.app.stderr)
    },
  )

  t.test(
    'connections that nobody answers are given up after five seconds, and tried again',
    { skip, timeout },
    async t => {
      const line = await connected(t)
      line.network.rules(
        `${line.there} tcp flags & (syn | ack) == ack reject with tcp reset`,
        `${line.there} tcp flags syn drop`,
      )
      await line.app.does('log 300')
      await line.app.says(/is down: .*no connection within 5000 ms/)
      line.network.heal()
      await recovers(t, line, 'connections are never answered', 400)
    },
  )

  t.test('of a network that loses every fifth packet nothing is seen but time', { skip, timeout }, async t => {
    const line = await connected(t)
    const lossy = 'numgen random mod 100 < 20 drop'
    line.network.rules(`${line.there} ${lossy}`, `${line.back} ${lossy}`)
    for (let turn = 0; turn < 10; turn++) {
      await line.app.does('log 100')
      t.match(await line.app.does('flush 60000'), { left: 0 })
    }
    await line.network.met(1)
    line.network.heal()
    await recovers(t, line, 'every fifth packet is lost', 1100)
  })
}

// In a network of its own the rules are nobody else's.
if (without('root') !== false || withoutNetwork() !== false || !entersNetwork()) tests()

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import t from 'tap'
import { type Application, Scene, without } from './scene'

const FORKS = 8
const EACH = 500

t.test(`${FORKS} forks at once on one root, half of them killed`, { skip: without() }, async t => {
  const scene = await Scene.begin(t)
  const task = JSON.stringify({ dir: scene.dir, url: scene.url, forks: FORKS, each: EACH })
  const child = spawn(process.execPath, [join(__dirname, 'fixtures/forks.js'), task], {
    stdio: ['ignore', 'ignore', 2],
  })
  await once(child, 'close')
  const next = await scene.start({ from: FORKS * EACH })
  t.match(await next.does('flush 60000'), { left: 0 })
  await next.stop()
  scene.conserved('8 cluster forks, 4 killed', FORKS * EACH)
})

t.test('two killed, then two started at once: each directory is adopted by one', { skip: without() }, async t => {
  const scene = await Scene.begin(t)
  scene.receiver.always = { status: 503 }
  for (const from of [0, 300]) {
    const app = await scene.start({ from })
    await app.does('log 300')
    await app.kill()
  }
  t.equal(scene.onDisk, 600)
  scene.receiver.always = undefined
  const both = await Promise.all([scene.start({ from: 600 }), scene.start({ from: 600 })])
  await scene.receiver.reached(600)
  for (const app of both) t.match(await app.does('flush 60000'), { left: 0 })
  for (const app of both) await app.stop()
  scene.conserved('two killed, two adopt at once', 600)
  t.equal(scene.receiver.stored.length, 600, 'none twice')
})

t.test(
  'a process that is stopped is not dead: nobody takes its lines, and it goes on',
  { skip: without() },
  async t => {
    const scene = await Scene.begin(t)
    scene.receiver.always = { status: 503 }
    const owner = await scene.start()
    await owner.does('log 100')
    owner.signal('SIGSTOP')
    scene.receiver.always = undefined
    const other = await scene.start({ from: 100 })
    await other.does('log 100')
    t.match(await other.does('flush 60000'), { flushed: 100, left: 0 })
    await other.stop()
    t.equal(scene.delivered.length, 100, 'its own only')
    owner.signal('SIGCONT')
    t.match(await owner.does('flush 60000'), { left: 0 })
    await owner.stop()
    scene.conserved('SIGSTOP of the owner', 200)
  },
)

t.test(
  'killed at moments nobody chose, again and again, with a receiver that comes and goes',
  { skip: without() },
  async t => {
    const scene = await Scene.begin(t)
    let issued = 0
    for (let round = 0; round < 8; round++) {
      scene.receiver.always = round % 3 === 1 ? { status: 503 } : undefined
      if (round % 3 === 2) scene.receiver.next.push('store, then reset')
      const app = await scene.start({ from: issued })
      const turns = 1 + Math.floor(Math.random() * 20)
      for (let turn = 0; turn < turns; turn++) await app.does('log 25')
      await app.kill()
      issued += turns * 25
    }
    scene.receiver.always = undefined
    const last = await scene.start({ from: issued })
    t.match(await last.does('flush 60000'), { left: 0 })
    await last.stop()
    scene.conserved('SIGKILL of the application, 8 times', issued)
  },
)

t.test('a sidecar killed again and again ships all that is written meanwhile', { skip: without() }, async t => {
  const scene = await Scene.begin(t)
  const app = await scene.start({ sidecar: true })
  const main = resolve(__dirname, '../../lib/cli/main.js')
  const ship = () =>
    spawn(process.execPath, [main, 'ship', '--spool', scene.dir, '--to', 'http', '--url', scene.url], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  let issued = 0
  for (let round = 0; round < 4; round++) {
    const sidecar = ship()
    await app.does('log 200')
    issued += 200
    await scene.receiver.reached(Math.min(issued, 100 + round * 200))
    sidecar.kill('SIGKILL')
    await once(sidecar, 'close')
    await app.does('log 50')
    issued += 50
  }
  await stopped(app)
  const sidecar = ship()
  await scene.receiver.reached(issued)
  sidecar.kill('SIGTERM')
  await once(sidecar, 'close')
  scene.conserved('SIGKILL of the sidecar, 4 times', issued)
})

async function stopped(app: Application): Promise<void> {
  await app.kill()
}

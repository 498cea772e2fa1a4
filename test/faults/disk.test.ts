import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Scene, without } from './scene'

const DOWN = { status: 503 }

t.test(
  'a disk of 1 MiB that fills up takes what it can; the rest is sent from memory, or dropped and counted',
  { skip: without('root') },
  async t => {
    const scene = await Scene.begin(t)
    const problem = scene.disk('size=1m')
    if (problem !== false) return t.comment(`skipped: ${problem}`)
    scene.receiver.always = DOWN
    const app = await scene.start()
    await app.does('log 500 1000')
    await app.does('log 1000 1000')
    await app.says(/disk is full \(ENOSPC\); lines are sent from memory/)
    // More than memory holds as well: 8 MiB.
    for (let i = 0; i < 20; i++) await app.does('log 1000 1000')
    scene.receiver.always = undefined
    t.match(await app.does('flush 60000'), { left: 0 })
    await app.does('log 10')
    t.match(await app.does('flush 60000'), { left: 0 })
    await app.stop()
    t.ok(scene.dropped > 10_000, `${scene.dropped} dropped`)
    t.same(
      scene.delivered.slice(-10),
      Array.from({ length: 10 }, (_, i) => 21_500 + i),
    )
    scene.conserved('a disk of 1 MiB that fills up', 21_510)
  },
)

t.test('a disk that somebody else fills up, and frees again', { skip: without('root') }, async t => {
  const scene = await Scene.begin(t)
  const problem = scene.disk('size=2m')
  if (problem !== false) return t.comment(`skipped: ${problem}`)
  scene.receiver.always = DOWN
  const app = await scene.start()
  await app.does('log 100 1000')
  spawnSync('dd', ['if=/dev/zero', `of=${join(scene.dir, 'filler')}`, 'bs=64k'])
  await app.does('log 1000 1000')
  await app.says(/disk is full/)
  rmSync(join(scene.dir, 'filler'))
  // Until the disk is tried again.
  let issued = 1100
  for (; !/writing to the spool again/.test(app.stderr); issued++) await app.does('log 1')
  scene.receiver.always = undefined
  await app.does('flush 60000')
  await app.stop()
  scene.conserved('a disk that others fill and free', issued)
})

t.test(
  'a read-only disk: sent from memory, and to the disk when it is writable',
  { skip: without('root') },
  async t => {
    const scene = await Scene.begin(t)
    const problem = scene.disk('size=4m,ro')
    if (problem !== false) return t.comment(`skipped: ${problem}`)
    const app = await scene.start()
    await app.says(/cannot be written \(EROFS\); lines are sent from memory/)
    await app.does('log 500')
    t.match(await app.does('flush 60000'), { flushed: 500, left: 0 })
    spawnSync('mount', ['-o', 'remount,rw', scene.dir])
    let issued = 500
    for (; readdirSync(scene.dir).length === 0; issued++) await app.does('log 1')
    // What is in memory is lost by SIGKILL: that is not what is looked at here.
    t.match(await app.does('flush 60000'), { left: 0 })
    scene.receiver.always = DOWN
    await app.does('log 100')
    await app.kill()
    t.ok(scene.onDisk >= 100, 'on disk again')
    scene.receiver.always = undefined
    const next = await scene.start({ from: issued + 100 })
    t.match(await next.does('flush 60000'), { left: 0 })
    await next.stop()
    scene.conserved('a disk that is read-only at first', issued + 100)
  },
)

t.test('the directory removed under the writer: another is made, and it is said', { skip: without() }, async t => {
  const scene = await Scene.begin(t)
  const app = await scene.start()
  await app.does('log 100')
  await app.does('flush 60000')
  rmSync(scene.dir, { recursive: true })
  let issued = 100
  for (; !/was removed; another is made/.test(app.stderr); issued++) await app.does('log 1')
  const noticed = issued
  await app.does('log 100')
  t.match(await app.does('flush 60000'), { left: 0 })
  await app.stop()
  const { delivered } = scene
  const rest = [...Array(100).keys(), ...Array.from({ length: 100 }, (_, i) => noticed + i)]
  t.same(
    rest.filter(n => !delivered.includes(n)),
    [],
    'all before, and all after it was noticed',
  )
  t.comment(
    `conservation  the directory removed: of ${noticed - 100} lines logged until it was noticed, ${delivered.length - 200} delivered`,
  )
})

const INJECTIONS = [
  { fault: 'EIO', inject: 'pwrite64:error=EIO:when=5..9' },
  { fault: 'EIO on each third write', inject: 'pwrite64:error=EIO:when=4+3' },
  { fault: 'ENOSPC', inject: 'pwrite64:error=ENOSPC:when=5..12' },
  { fault: 'EROFS', inject: 'pwrite64:error=EROFS:when=6+' },
  { fault: 'EDQUOT', inject: 'pwrite64:error=EDQUOT:when=5..30' },
  { fault: 'EIO when the disk is asked to have it', inject: 'fdatasync:error=EIO:when=3..5', fsync: true },
]

for (const { fault, inject, fsync = false } of INJECTIONS) {
  t.test(`${fault}, from the system: no line is lost or doubled`, { skip: without('strace') }, async t => {
    const scene = await Scene.begin(t)
    const under = [
      'strace',
      '-f',
      '-qq',
      '-o',
      join(scene.folder, 'trace'),
      '-e',
      'trace=pwrite64,fdatasync',
      '-e',
      `inject=${inject}`,
    ]
    const app = await scene.start({ under, options: { fsync } })
    for (let i = 0; i < 20; i++) await app.does('log 20')
    await app.does('flush 60000')
    await app.stop()
    // What it could not send any more.
    const next = await scene.start({ from: 400 })
    t.match(await next.does('flush 60000'), { left: 0 })
    await next.stop()
    scene.conserved(`${fault} (${inject})`, 400)
  })
}

t.test('a disk that stalls: writing goes asynchronous, and nothing is lost', { skip: without('strace') }, async t => {
  const scene = await Scene.begin(t)
  const delay = 'inject=pwrite64:delay_enter=200000:when=2..12'
  const under = ['strace', '-f', '-qq', '-o', join(scene.folder, 'trace'), '-e', 'trace=pwrite64', '-e', delay]
  const app = await scene.start({ under })
  for (let i = 0; i < 30; i++) await app.does('log 10')
  t.match(await app.does('flush 60000'), { left: 0 })
  t.match(app.stderr, /the disk stalls; writing is asynchronous for a while/)
  await app.stop()
  scene.conserved('a disk that stalls for 200 ms a write', 300)
})

t.test('with fsync, a disk that is slow to sync is waited for, each turn', { skip: without('strace') }, async t => {
  const scene = await Scene.begin(t)
  const delay = 'inject=fdatasync:delay_enter=100000:when=1..8'
  const under = ['strace', '-f', '-qq', '-o', join(scene.folder, 'trace'), '-e', 'trace=fdatasync', '-e', delay]
  const app = await scene.start({ under, options: { fsync: true }, sidecar: true })
  for (let turn = 1; turn <= 10; turn++) {
    await app.does('log 10')
    t.equal(scene.onDisk, turn * 10)
  }
  t.equal(app.stderr, '')
  await app.stop()
})

t.test('no descriptor to be had: lines wait, and go on when there is one', { skip: without('prlimit') }, async t => {
  const scene = await Scene.begin(t)
  const app = await scene.start({ options: { maxBytes: 1024 * 1024 } })
  await app.does('log 100')
  await app.does('flush 60000')
  // What is open stays open; nothing else can be.
  spawnSync('prlimit', ['--pid', String(app.pid), '--nofile=3:'])
  // Each 128 KiB need another segment, and so another descriptor.
  for (let i = 0; i < 6; i++) await app.does('log 100 1000')
  await app.says(/EMFILE/)
  spawnSync('prlimit', ['--pid', String(app.pid), '--nofile=1024:'])
  t.match(await app.does('flush 60000'), { left: 0 })
  await app.stop()
  scene.conserved('no descriptor to be had', 700)
})

t.test('nothing but /dev/full, /proc or a file where the folder should be', { skip: without() }, async t => {
  const scene = await Scene.begin(t)
  mkdirSync(scene.dir)
  const file = join(scene.dir, 'file')
  writeFileSync(file, '')
  let issued = 0
  for (const dir of ['/dev/full', '/proc/hewn', file]) {
    const app = await scene.start({ from: issued, options: { dir } })
    await app.does('log 100')
    t.match(await app.does('flush 60000'), { flushed: 100, left: 0 })
    t.match(app.stderr, /cannot be (?:written|locked)/)
    await app.stop()
    issued += 100
  }
  scene.conserved('/dev/full, /proc and a file as folder', issued)
})

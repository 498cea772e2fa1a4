import { spawnSync } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import fs, { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import { watchFile } from '../../lib/config/watch'

/** Longer than any test: what is seen, is seen by an event of the file system. */
const NEVER = 3_600_000

// A watch does not keep this process alive either.
const alive = setInterval(() => {}, NEVER)
t.teardown(() => clearInterval(alive))

interface Watched {
  /** How often a change was told. */
  readonly count: number
  /** Does something, and waits until a change is told. */
  after(act: () => void): Promise<void>
}

function watched(t: { teardown(then: () => void): void }, path: string, pollMs: number): Watched {
  const changes = new EventEmitter()
  let count = 0
  const watch = watchFile(
    path,
    () => {
      count++
      changes.emit('change')
    },
    pollMs,
  )
  t.teardown(() => watch.close())
  return {
    get count() {
      return count
    },
    async after(act) {
      const change = once(changes, 'change')
      act()
      await change
    },
  }
}

t.test('a file that is written in place, renamed over, or removed and made anew has changed once each', async t => {
  const dir = t.testdir({ 'app.json': 'a' })
  const path = join(dir, 'app.json')
  const file = watched(t, path, NEVER)
  await file.after(() => writeFileSync(path, 'b'))
  t.equal(file.count, 1, 'in place')
  await file.after(() => {
    writeFileSync(`${path}~`, 'c')
    renameSync(`${path}~`, path)
  })
  t.equal(file.count, 2, 'renamed over')
  await file.after(() => {
    rmSync(path)
    writeFileSync(path, 'd')
  })
  t.equal(file.count, 3, 'made anew')
})

t.test('a file that is not there yet has changed when it comes', async t => {
  const path = join(t.testdir({}), 'app.json')
  const file = watched(t, path, NEVER)
  await file.after(() => writeFileSync(path, 'a'))
  t.equal(file.count, 1)
})

t.test('a Kubernetes ConfigMap swaps a symlink', async t => {
  const dir = t.testdir({ first: { 'app.json': 'a' } })
  symlinkSync('first', join(dir, '..data'))
  symlinkSync(join('..data', 'app.json'), join(dir, 'app.json'))
  const file = watched(t, join(dir, 'app.json'), NEVER)
  let before = 'first'
  for (const name of ['second', 'third']) {
    await file.after(() => swap(dir, name, before))
    before = name
  }
  t.equal(file.count, 2)
})

t.test('a symlink to a ConfigMap elsewhere is followed', async t => {
  const dir = t.testdir({ app: {}, mount: { first: { 'app.json': 'a' } } })
  const mount = join(dir, 'mount')
  symlinkSync('first', join(mount, '..data'))
  symlinkSync(join('..data', 'app.json'), join(mount, 'app.json'))
  symlinkSync(join('..', 'mount', 'app.json'), join(dir, 'app', 'app.json'))
  const file = watched(t, join(dir, 'app', 'app.json'), NEVER)
  await file.after(() => swap(mount, 'second', 'first'))
  await file.after(() => swap(mount, 'third', 'second'))
  t.equal(file.count, 2)
})

t.test('the same content written again is no change, however often it is looked at', async t => {
  const path = join(t.testdir({ 'app.json': 'a' }), 'app.json')
  const file = watched(t, path, 20)
  // Node asks once for all who watch a file's status, so by the time this one hears of it the other has looked.
  let looks = 0
  const listener = () => looks++
  fs.watchFile(path, { persistent: false, interval: 20 }, listener)
  t.teardown(() => fs.unwatchFile(path, listener))
  // What the status is compared with is not there at once, so that the first change may go unseen.
  for (let n = 1; looks < 2; n++) {
    const later = new Date(Date.now() + n * 60_000)
    writeFileSync(path, 'a')
    fs.utimesSync(path, later, later)
    await wait(10)
  }
  t.equal(file.count, 0)
  await file.after(() => writeFileSync(path, 'b'))
  t.equal(file.count, 1)
})

t.test('a folder that is removed and made anew goes on being watched', async t => {
  const dir = join(t.testdir({ conf: { 'app.json': 'a' } }), 'conf')
  const path = join(dir, 'app.json')
  const file = watched(t, path, 20)
  await file.after(() => {
    rmSync(dir, { recursive: true })
    mkdirSync(dir)
    writeFileSync(path, 'b')
  })
  await file.after(() => writeFileSync(path, 'cc'))
  t.equal(file.count, 2)
})

t.test('where the kernel has no watches left, the file is looked at instead', async t => {
  const path = join(t.testdir({ 'app.json': 'a' }), 'app.json')
  const { watch } = fs
  t.teardown(() => {
    fs.watch = watch
  })
  fs.watch = () => {
    throw Object.assign(new Error('ENOSPC: System limit for number of file watchers reached'), { code: 'ENOSPC' })
  }
  const file = watched(t, path, 20)
  await file.after(() => writeFileSync(path, 'bb'))
  t.equal(file.count, 1)
})

t.test('an error of the watcher does not end the process, and the file is looked at instead', async t => {
  const path = join(t.testdir({ 'app.json': 'a' }), 'app.json')
  const { watch } = fs
  t.teardown(() => {
    fs.watch = watch
  })
  const broken = Object.assign(new EventEmitter(), { close: () => {} })
  fs.watch = (() => broken) as unknown as typeof fs.watch
  const file = watched(t, path, 20)
  broken.emit('error', new Error('EPERM'))
  await file.after(() => writeFileSync(path, 'bb'))
  t.equal(file.count, 1)
})

t.test('what the callback throws is told on stderr', async t => {
  const path = join(t.testdir({ 'app.json': 'a' }), 'app.json')
  const { writeSync } = fs
  t.teardown(() => {
    fs.writeSync = writeSync
  })
  const told = new Promise<string>(resolve => {
    fs.writeSync = ((_: number, text: string) => resolve(text)) as unknown as typeof fs.writeSync
  })
  const watch = watchFile(path, () => {
    throw new Error('no')
  })
  t.teardown(() => watch.close())
  writeFileSync(path, 'b')
  t.match(await told, /^hewn: .*app\.json: changed, and cannot be used: no\n$/)
})

t.test('a closed watch tells nothing more', async t => {
  const dir = t.testdir({ 'app.json': 'a' })
  const path = join(dir, 'app.json')
  const file = watched(t, path, NEVER)
  let late = 0
  const closed = watchFile(path, () => late++, NEVER)
  writeFileSync(path, 'b')
  closed.close()
  await file.after(() => writeFileSync(path, 'c'))
  t.equal(late, 0)
})

t.test('watching does not keep a process alive', async t => {
  const dir = t.testdir({ 'app.json': 'a' })
  const script = `
    const { watchFile } = require(${JSON.stringify(resolve(__dirname, '../../lib/config/watch.js'))})
    watchFile(${JSON.stringify(join(dir, 'app.json'))}, () => {})
    require('node:fs').writeFileSync(${JSON.stringify(join(dir, 'app.json'))}, 'b')`
  const { status, signal } = spawnSync(process.execPath, ['-e', script], { timeout: 20_000 })
  t.strictSame({ status, signal }, { status: 0, signal: null })
})

/** What the kubelet does: a new folder, a new link renamed over the old one, the old folder removed. */
function swap(mount: string, name: string, before: string): void {
  mkdirSync(join(mount, name))
  writeFileSync(join(mount, name, 'app.json'), name)
  symlinkSync(name, join(mount, '..data_tmp'))
  renameSync(join(mount, '..data_tmp'), join(mount, '..data'))
  rmSync(join(mount, before), { recursive: true })
}

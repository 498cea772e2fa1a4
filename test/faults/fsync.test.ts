import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Scene, without } from './scene'

/** A call of the traced process: its name, its first argument, and whether it is the one that answers the test. */
interface Call {
  readonly thread: string
  readonly name: string
  readonly fd: string
}

function calls(trace: string): Call[] {
  return trace.split('\n').flatMap(line => {
    const match = /^(\d+) +(pwrite64|fdatasync|fsync|write)\((\d+)/.exec(line)
    // A segment's head is made durable with its first frame.
    return match === null || line.includes('"#hewn-spool')
      ? []
      : [{ thread: match[1]!, name: match[2]!, fd: match[3]! }]
  })
}

t.test(
  'with fsync each turn is on the disk before the next one is written, and before a flush is answered',
  { skip: without('strace') },
  async t => {
    for (const fsync of [true, false]) {
      const scene = await Scene.begin(t)
      const file = join(scene.folder, 'trace')
      const under = ['strace', '-f', '-qq', '-o', file, '-e', 'trace=pwrite64,fdatasync,fsync,write']
      const app = await scene.start({ under, options: { fsync } })
      for (let i = 0; i < 10; i++) await app.does('log 5')
      t.match(await app.does('flush 60000'), { left: 0 })
      const { pid } = app
      await app.stop()
      // The application's own thread: segments only, as places are the delivery thread's.
      const mine = calls(readFileSync(file, 'utf8')).filter(({ thread }) => thread === String(pid))
      let open: string | undefined
      let writes = 0
      let late = 0
      for (const { name, fd } of mine) {
        if (name === 'pwrite64') {
          if (open !== undefined && open === fd) late++
          open = fd
          writes++
        } else if (name === 'fdatasync' && fd === open) open = undefined
        else if (name === 'write' && fd === '1' && open !== undefined) late++
      }
      if (!fsync) {
        t.equal(
          mine.filter(({ name }) => name !== 'pwrite64' && name !== 'write').length,
          0,
          'none without being asked',
        )
        continue
      }
      t.ok(writes >= 10, `${writes} writes`)
      t.equal(late, 0, 'none is overtaken')
      t.ok(mine.filter(({ name }) => name === 'fsync').length >= 3, 'the folders as well')
    }
  },
)

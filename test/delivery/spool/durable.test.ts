import fs from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { Home } from '../../../lib/delivery/spool/home'
import { makeFolder } from './fixtures/spool'

/** The names of what the disk was asked to have, while `work` ran. */
function synced(work: () => void): string[] {
  const names: string[] = []
  const { fsyncSync, fdatasyncSync } = fs
  const noting = (real: (fd: number) => void) => (fd: number) => {
    names.push(basename(fs.readlinkSync(`/proc/self/fd/${fd}`)))
    real(fd)
  }
  Object.assign(fs, { fsyncSync: noting(fsyncSync), fdatasyncSync: noting(fdatasyncSync) })
  try {
    work()
  } finally {
    Object.assign(fs, { fsyncSync, fdatasyncSync })
  }
  return names
}

t.test(
  'with fsync the disk has a directory, its claim and each description of it when they are made; without, nothing is asked',
  { skip: process.platform === 'linux' ? false : '/proc tells which file it is' },
  async t => {
    for (const fsync of [true, false]) {
      const options = {
        root: join(makeFolder(), 'a/b'),
        role: 'application',
        service: 'test',
        transports: ['a'],
        fsync,
      } as const
      let home: Home | undefined
      const made = synced(() => {
        home = Home.make(options)
      })
      const { id } = home!.owner
      const described = synced(() => {
        home = home!.describe(['a', 'b'])
      })
      const again = synced(() => home!.describe(['b']))
      home!.release()
      if (!fsync) {
        t.same([made, described, again], [[], [], []])
        continue
      }
      for (const name of ['owner.json.new', `claim-${id}`, id, 'b', 'a']) t.ok(made.includes(name), name)
      t.same(
        [described, again],
        [
          ['owner.json.new', id],
          ['owner.json.new', id],
        ],
      )
    }
  },
)

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { MachineTask } from './fixtures/machine-application'

const APPLICATION = join(__dirname, 'fixtures/machine-application.js')
/** Of User Mode Linux: a kernel that is a program, and has this machine's files beside a disk of its own. */
const KERNEL = 'linux.uml'

/** Why there is no virtual machine here; false if there is one. */
export function withoutMachine(): string | false {
  for (const tool of [KERNEL, 'mkfs.ext4']) {
    const { error } = spawnSync(tool, ['--version'], { timeout: 10_000 })
    if (error !== undefined) return `${tool} is not installed (Debian: user-mode-linux, e2fsprogs)`
  }
  return false
}

/** A machine with a disk that outlives its power: what its kernel had not written when that is cut is lost. */
export class Machine {
  /** What hewn has said there. */
  readonly told: string[] = []
  private readonly disk: string
  private boots = 0

  constructor(private readonly folder: string) {
    this.disk = join(folder, 'disk')
    writeFileSync(this.disk, '')
    truncateSync(this.disk, 64 * 1024 * 1024)
    execFileSync('mkfs.ext4', ['-q', '-F', this.disk])
  }

  /** Runs the application from boot on. Resolves with what its last line said when that satisfies `enough`; then power is cut. */
  async run(task: MachineTask, enough: (line: string) => boolean): Promise<string> {
    const child = this.boot(task)
    let last = ''
    try {
      for await (const line of createInterface(child.stdout!)) {
        const said = /^(?:over|left) \d+$/.exec(line.trim())?.[0]
        if (said === undefined) {
          if (line.includes('hewn:')) console.error(line)
          continue
        }
        last = said
        if (enough(said)) return said
      }
      throw new Error(`the machine has ended; the last it said was '${last}'`)
    } finally {
      cut(child)
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
  }

  private boot(task: MachineTask): ChildProcess {
    const init = join(this.folder, `boot-${++this.boots}`)
    const program = `'${process.execPath}' '${APPLICATION}' '${JSON.stringify(task)}'`
    writeFileSync(
      init,
      `#!/bin/sh
mount -t proc proc /proc
mount -t tmpfs tmpfs /mnt
mkdir /mnt/disk
mount -t ext4 -o commit=1 /dev/ubda /mnt/disk
hostname test-machine
# The disk gets some of what is written without being asked for it.
echo 20 > /proc/sys/vm/dirty_writeback_centisecs
echo 20 > /proc/sys/vm/dirty_expire_centisecs
# Nobody may be there to end it.
(sleep 60; echo o > /proc/sysrq-trigger) &
${program}
wait
`,
      { mode: 0o755 },
    )
    const args = [
      'rootfstype=hostfs',
      'rw',
      `init=${init}`,
      `ubd0=${this.disk}`,
      'mem=512M',
      'con=null',
      'con0=null,fd:1',
      'quiet',
    ]
    // A group of its own: the machine is several processes.
    return spawn(KERNEL, args, { detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  }
}

function cut({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

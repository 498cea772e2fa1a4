import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Shipper } from '../delivery/shipper'
import { shipperHome } from '../delivery/spool/custody'
import type { Home } from '../delivery/spool/home'
import { report, say } from '../report'
import { complain } from './complain'
import type { ShipSettings } from './ship'

/**
 * Sends what transports `spool()` write below a folder, of processes that live and that have died, until a signal ends
 * it. Another one on the same folder shares the work. What is not acknowledged within `closeTimeout` is for the next.
 */
export async function shipSpool(settings: ShipSettings): Promise<number> {
  const { root, service, transports, closeTimeout } = settings
  let home: Home
  try {
    home = shipperHome(root, service)
  } catch (error) {
    const found = (error as NodeJS.ErrnoException).code ?? (error as Error).message
    return complain([{ where: `--spool ${root}`, found, expected: 'a folder that this user may write to' }], 1)
  }
  const shipper = new Shipper({ ...settings, role: 'shipper', id: home.owner.id })
  say(`sending what is in ${root} to ${transports.map(({ name }) => name).join(', ')}`)
  tellStrangers(root)
  const beat = setInterval(() => {
    home.beat()
    tellStrangers(root)
  }, BEAT_MS)
  await new Promise<void>(resolve => {
    for (const signal of SIGNALS) process.once(signal, () => resolve())
  })
  clearInterval(beat)
  const { left } = await shipper.close(closeTimeout)
  home.release()
  rmSync(home.path, { recursive: true, force: true })
  if (left > 0) say(`about ${left === 1 ? '1 line is' : `${left} lines are`} left for the next start`)
  return 0
}

/** Directories of another user's are not read; nobody would know why lines do not come. */
function tellStrangers(root: string): void {
  const user = process.getuid?.()
  for (const name of readdirSync(root)) {
    const stat = lstatSync(join(root, name), { throwIfNoEntry: false })
    if (stat?.isDirectory() !== true || user === undefined || stat.uid === user) continue
    report(
      `strangers in ${root}`,
      `${join(root, name)} is of user ${stat.uid}, this process of ${user}: it is not read`,
    )
  }
}

const BEAT_MS = 60_000
const SIGNALS = ['SIGTERM', 'SIGINT'] as const

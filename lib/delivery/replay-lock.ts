import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { shipperHome } from './spool/custody'
import { readOwner } from './spool/home'
import { SPOOL_ID } from './spool/ids'
import { isHeld } from './spool/lock'

/**
 * One replay of a transport's dead letters in a folder at a time, by a lock that the kernel lets go of however its holder
 * ends: a process id would fool those in other containers. Each makes its own and then looks for others', so of two
 * that begin in the same moment neither may go on. Returns what lets go of it; throws if another one is at work.
 */
export async function lockReplay(folder: string, transport: string): Promise<() => void> {
  const service = `replay of ${transport}`
  const home = shipperHome(folder, service)
  const release = (): void => {
    home.release()
    rmSync(home.path, { recursive: true, force: true })
  }
  try {
    for (const name of readdirSync(folder)) {
      const other = join(folder, name)
      if (!SPOOL_ID.test(name) || other === home.path) continue
      const owner = readOwner(other)
      if (owner?.role !== 'shipper' || owner.service !== service) continue
      if (await isHeld(other)) throw new Error(`process ${owner.pid} of ${owner.host} replays them at this moment`)
      rmSync(other, { recursive: true, force: true })
    }
  } catch (error) {
    release()
    throw error
  }
  return release
}

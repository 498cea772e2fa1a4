import { lstatSync, readdirSync, rmdirSync, rmSync, statSync, unlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Loss } from '../../output/losses'
import { report, say } from '../../report'
import { claimHolder, isClaim, takeClaim } from './claim'
import { readPlace } from './cursor'
import { Holding } from './holding'
import { bootId, Home, type Owner, ownerPath, readOwner } from './home'
import { SPOOL_ID } from './ids'
import { isHeld } from './lock'
import { lossLine } from './loss'
import { listSegments, segmentPath } from './segment'

export interface CustodyOptions {
  readonly root: string
  /** The id of the home whose lock says that this shipper lives. */
  readonly id: string
  readonly service: string
  /** Homes that this process let go of: what was theirs to ship, also of threads that live, is this one's now. */
  readonly predecessors?: readonly string[] | undefined
  /** The transports that are shipped, by name. */
  readonly transports: readonly string[]
  /** An application ships what it and its dead like wrote; a shipper what sidecar transports write, living or dead. */
  readonly role: 'application' | 'shipper'
  /** Renders the line that tells a receiver of lines it will never get, ending in '\n'. Default: hewn's line. */
  readonly lossLine?: ((loss: Loss) => string) | undefined
  /** Bytes that dead processes' directories may have together, and the age of their lines in ms. Default: 256 MiB, 7 days. */
  readonly maxBytes?: number | undefined
  readonly maxAge?: number | undefined
  /** Hears how many lines of a dead process were given up for a transport that nobody has shipped for `maxAge`. Default: stderr does. */
  readonly forgotten?: ((transport: string, lines: number) => void) | undefined
}

const MAX_BYTES = 256 * 1024 * 1024
const MAX_AGE = 7 * 24 * 3_600_000
/** A directory of another machine, whose locks cannot be seen from here, is dead when it is silent for this long, in ms. */
const SILENCE = 600_000
/** What a process that was killed while it made its directory left behind, ms. */
const ABANDONED = 3_600_000

/**
 * The directories under one root that are this process's to ship. Each is claimed by one process; a dead one's claim
 * passes to whoever takes it first.
 */
export class Custody {
  private readonly held = new Map<string, Holding>()
  private readonly beats = new Map<string, { beat: number; since: number }>()
  private readonly boot = bootId()
  private readonly host = hostname()

  constructor(private readonly options: CustodyOptions) {}

  get holdings(): readonly Holding[] {
    return [...this.held.values()]
  }

  /** Looks through the root once: takes what it may, notices who has died. Returns what it has newly taken, oldest first. */
  async scan(): Promise<readonly Holding[]> {
    const taken: Holding[] = []
    for (const [folder, holding] of this.held) {
      const { owner } = holding
      if (!holding.settled) holding.settled = !(await this.lives(folder, owner))
      if (claimHolder(folder) === this.options.id) continue
      // Let go of, done with, or removed by somebody.
      holding.close()
      this.held.delete(folder)
    }
    for (const name of list(this.options.root)) {
      const folder = join(this.options.root, name)
      if (name.startsWith('.new-')) sweep(folder)
      if (!SPOOL_ID.test(name) || this.held.has(folder)) continue
      const holding = await this.take(folder)
      if (holding === undefined) continue
      this.held.set(folder, holding)
      taken.push(holding)
    }
    return taken.sort((a, b) => a.owner.created - b.owner.created)
  }

  /** Removes what is delivered, and from dead directories what is beyond the bounds. */
  async tidy(): Promise<void> {
    const { maxBytes = MAX_BYTES, maxAge = MAX_AGE, forgotten = tellForgotten, role } = this.options
    const dead = this.holdings.filter(({ settled }) => settled).sort((a, b) => b.owner.created - a.owner.created)
    let room = maxBytes
    for (const holding of dead) {
      await holding.trim(room, maxAge)
      room = Math.max(0, room - holding.bytes)
      if (role === 'shipper') continue
      for (const [transport, lines] of await holding.forget()) forgotten(transport, lines)
    }
    for (const holding of this.holdings) holding.tidy()
  }

  /** Stops reading everywhere. What is left is for whoever comes next, once this process's home is released. */
  close(): void {
    for (const holding of this.held.values()) holding.close()
    this.held.clear()
  }

  private async take(folder: string): Promise<Holding | undefined> {
    const { root, id, role } = this.options
    if (!mine(folder)) return undefined
    const holder = claimHolder(folder)
    if (holder === undefined) {
      removeRemains(folder)
      return undefined
    }
    const owner = readOwner(folder)
    // A later version's directory is left alone, and so is what hewn has not written.
    if (owner?.v !== 1) {
      if (owner === undefined) removeRemains(folder)
      tellUnknown(folder, owner?.v)
      return undefined
    }
    const lives = await this.lives(folder, owner)
    const wanted = this.options.predecessors?.includes(holder) === true || this.wants(folder, owner, lives)
    if (holder !== id && !(wanted && (await this.orphaned(holder, folder, owner)))) return undefined
    // A claim in the name of a home that nobody sees would be anybody's: without one, nothing is adopted.
    if (holder !== id && readOwner(join(root, id)) === undefined) return undefined
    if (holder !== id && !takeClaim(folder, holder, id)) return undefined
    const everything = role === 'shipper'
    const holding = new Holding({
      root,
      folder,
      owner,
      holder: id,
      everything,
      transports: this.options.transports,
      lossLine: this.options.lossLine ?? lossLine,
    })
    holding.settled = !lives
    return holding
  }

  private wants(folder: string, owner: Owner, lives: boolean): boolean {
    const { role, service, transports } = this.options
    // A shipper's own directory has no lines in it: whoever finds it dead clears it away.
    if (owner.role === 'shipper') return !lives
    if (role === 'shipper') return owner.role === 'sidecar'
    if (owner.role !== 'application' || lives || owner.service !== service) return false
    const open = owner.transports.filter(name => !readPlace(folder, name).ended)
    // What is delivered to all is only to be cleared away, and so is what nobody has shipped for so long.
    return open.length === 0 || open.some(name => transports.includes(name)) || this.isOld(folder)
  }

  private isOld(folder: string): boolean {
    const { maxAge = MAX_AGE } = this.options
    return listSegments(folder).every(number => {
      const { mtimeMs = 0 } = statSync(segmentPath(folder, number), { throwIfNoEntry: false }) ?? {}
      return Date.now() - mtimeMs > maxAge
    })
  }

  /** Is the holder of a claim dead, or nobody? */
  private async orphaned(holder: string, folder: string, owner: Owner): Promise<boolean> {
    if (holder === 'free') return true
    if (holder === owner.id) return !(await this.lives(folder, owner))
    const home = join(this.options.root, holder)
    const theirs = readOwner(home)
    return theirs === undefined || !(await this.lives(home, theirs))
  }

  /** The kernel says so; of another machine's, which shares only the files, the signs of life do. */
  private async lives(folder: string, owner: Owner): Promise<boolean> {
    if (await isHeld(folder)) return true
    if (owner.boot === this.boot || owner.host === this.host) return false
    const beat = statSync(ownerPath(folder), { throwIfNoEntry: false })?.mtimeMs ?? 0
    const seen = this.beats.get(folder)
    const now = performance.now()
    if (seen?.beat === beat) return now - seen.since < SILENCE
    this.beats.set(folder, { beat, since: now })
    return true
  }
}

/** Makes a home that writes nothing, for a process that only ships. */
export function shipperHome(root: string, service: string): Home {
  return Home.make({ root, role: 'shipper', service, transports: [] })
}

function tellForgotten(transport: string, lines: number): void {
  if (lines > 0) say(`spool: ${lines} lines for ${transport}, which nobody ships any more, were too old: dropped`)
}

/** Lines that nobody ships, because nobody can tell whose they are, should not lie there unsaid. */
function tellUnknown(folder: string, version: number | undefined): void {
  if (listSegments(folder).length === 0) return
  const what = version === undefined ? 'its owner.json cannot be read' : `it is of version ${version} of the format`
  report(`spool ${folder}`, `spool ${folder}: ${what}; its lines are left alone`)
}

/** A real folder of this user's. */
function mine(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false })
  return stat?.isDirectory() === true && (process.getuid === undefined || stat.uid === process.getuid())
}

function list(root: string): string[] {
  try {
    return readdirSync(root)
  } catch {
    return []
  }
}

/** What is left where a removal ended half-way: nothing, or a claim. */
function removeRemains(folder: string): void {
  try {
    const names = readdirSync(folder)
    if (!names.every(isClaim)) return
    for (const name of names) unlinkSync(join(folder, name))
    rmdirSync(folder)
  } catch {
    // Somebody was quicker.
  }
}

function sweep(folder: string): void {
  try {
    if (Date.now() - statSync(folder).mtimeMs > ABANDONED) rmSync(folder, { recursive: true, force: true })
  } catch {
    // Somebody was quicker.
  }
}

import { readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Who may read a directory and take away what is delivered: one file in it, named after its holder. It changes hands
 * by a rename from the name that was seen, so of several who try, one succeeds; ids are never used again, so a name
 * that was seen never comes to mean somebody else.
 */
const CLAIM = /^claim-(free|[0-9a-v]{16})$/
const FREE = 'free'

export function claimName(holder: string | undefined): string {
  return `claim-${holder ?? FREE}`
}

export function isClaim(name: string): boolean {
  return CLAIM.test(name)
}

/** The holder's id, 'free', or undefined where there is no claim: such a directory is being removed. */
export function claimHolder(folder: string): string | undefined {
  try {
    for (const name of readdirSync(folder)) {
      const match = CLAIM.exec(name)
      if (match !== null) return match[1]
    }
  } catch {
    // The folder is gone.
  }
  return undefined
}

/** Takes the claim over from `seen`, what claimHolder returned. False if somebody else was quicker. */
export function takeClaim(folder: string, seen: string, taker: string): boolean {
  return move(folder, claimName(seen === FREE ? undefined : seen), claimName(taker))
}

export function freeClaim(folder: string, holder: string): void {
  move(folder, claimName(holder), claimName(undefined))
}

function move(folder: string, from: string, to: string): boolean {
  try {
    renameSync(join(folder, from), join(folder, to))
    return true
  } catch {
    return false
  }
}

import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

/** The tree that this harness was compiled from. */
export const ROOT = resolve(__dirname, '..', '..')

/** The folder with the pinned peers and the budget. */
export const HOME = join(ROOT, 'benchmarks')

/** A pinned peer, ES module or not (Node 20.19 can require both). The caller states its shape. */
export function peer(name: string): unknown {
  return createRequire(join(HOME, 'package.json'))(name)
}

/** Its file, for what is loaded by another thread. */
export function peerPath(name: string): string {
  return createRequire(join(HOME, 'package.json')).resolve(name)
}

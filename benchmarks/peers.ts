import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HOME } from './place'

/** Installs the pinned peers into benchmarks/node_modules, unless they are there as the lock file says. */
export function installPeers(): void {
  if (installed()) return
  console.error('installing the peers into benchmarks/node_modules')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const flags = ['ci', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund']
  execFileSync(npm, flags, { cwd: HOME, stdio: ['ignore', 'ignore', 'inherit'] })
}

interface Tree {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>
}

function installed(): boolean {
  const wanted = treeOf(join(HOME, 'package-lock.json'))
  const there = treeOf(join(HOME, 'node_modules', '.package-lock.json'))
  return Object.entries(wanted.packages).every(
    ([path, { version, optional }]) => path === '' || optional || there.packages[path]?.version === version,
  )
}

function treeOf(path: string): Tree {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Tree) : { packages: {} }
}

/** The versions measured, by name. */
export function peerVersions(): Readonly<Record<string, string>> {
  const { packages } = treeOf(join(HOME, 'package-lock.json'))
  const direct = packages[''] as { dependencies?: Record<string, string> } | undefined
  return direct?.dependencies ?? {}
}

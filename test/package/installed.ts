import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export const root = resolve(__dirname, '../../..')

export interface Installed {
  readonly folder: string
  readonly tarball: string
  remove(): void
}

/**
 * Packs the build as it is and installs the tarball into a folder of its own, with copies of the dependencies we
 * have: no network, no script. Two projects lie in that folder, `esm` and `commonjs`, with the consumers' programs.
 */
export function installPacked(): Installed {
  const folder = mkdtempSync(join(tmpdir(), 'hewn-package-'))
  const remove = (): void => rmSync(folder, { recursive: true, force: true })
  // The build has been done: prepack would delete it under the tests that are running.
  npm(['pack', '--ignore-scripts', '--pack-destination', folder], root)
  const { name, version } = manifest(root)
  const tarball = join(folder, `${name}-${version}.tgz`)
  const dependencies = Object.fromEntries(
    runtimeDependencies().map(dependency => [dependency, `file:${modules(dependency)}`]),
  )
  writeJson(join(folder, 'package.json'), {
    private: true,
    dependencies: { ...dependencies, [name]: `file:${tarball}` },
  })
  npm(
    ['install', '--offline', '--install-links', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'],
    folder,
  )
  for (const type of ['module', 'commonjs']) {
    const project = join(folder, type)
    mkdirSync(project)
    writeJson(join(project, 'package.json'), { private: true, type })
    cpSync(join(root, 'test/package/consumers'), project, { recursive: true })
  }
  return { folder, tarball, remove }
}

/** A Node program with nothing of ours in its environment. */
export function node(args: readonly string[], cwd: string): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env }
  for (const name of Object.keys(env)) if (/^(HEWN_|LOG_|NODE_ENV|NODE_OPTIONS|TAP)/.test(name)) delete env[name]
  return spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8', timeout: 60_000 })
}

export function writeJson(path: string, value: unknown): void {
  writeFileSync(path, JSON.stringify(value, undefined, 2))
}

/** The program of a development dependency. */
export function program(name: string): string {
  const { bin } = manifest(modules(name))
  return join(modules(name), typeof bin === 'string' ? bin : Object.values(bin ?? {})[0]!)
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly bin?: string | Record<string, string>
  readonly dependencies?: Record<string, string>
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

function modules(name: string): string {
  return join(root, 'node_modules', name)
}

/** Ours and theirs. */
function runtimeDependencies(): string[] {
  const found = new Set<string>()
  const add = (folder: string): void => {
    for (const name of Object.keys(manifest(folder).dependencies ?? {})) {
      if (found.has(name)) continue
      found.add(name)
      add(modules(name))
    }
  }
  add(root)
  return [...found]
}

function npm(args: readonly string[], cwd: string): void {
  const windows = process.platform === 'win32'
  const { status, stdout, stderr } = spawnSync(windows ? 'npm.cmd' : 'npm', args, {
    cwd,
    encoding: 'utf8',
    shell: windows,
  })
  if (status !== 0) throw new Error(`npm ${args[0]} ended with ${status}\n${stdout}${stderr}`)
}

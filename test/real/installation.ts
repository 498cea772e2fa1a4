import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Distribution } from './search-server'

/** Where it is installed; it is there unless `lacksInstallation` says otherwise. */
export function install({ folder }: Distribution): string {
  return join(cache(), folder)
}

/** Why it cannot be installed here; undefined if it is. Downloads it with Maven, once for good. */
export function lacksInstallation(distribution: Distribution): string | undefined {
  const { name, version } = distribution
  if (javaFor(distribution) === undefined) {
    const found = javaHomes().map(({ java }) => java)
    return `no JDK for ${name} ${version} (${found.length === 0 ? 'none' : `Java ${found.join(', ')}`} found)`
  }
  if (existsSync(install(distribution))) return undefined
  for (const tool of ['mvn', 'unzip']) {
    if (spawnSync(tool, ['-v']).error !== undefined) return `${tool} is not installed`
  }
  return download(distribution)
}

/** The newest Java that runs it. */
export function javaFor({ runsOn }: Distribution): string | undefined {
  return javaHomes().find(({ java }) => runsOn(java))?.path
}

/** Not in the repository, kept from run to run, and not in a home: root's is closed to who runs the server. */
function cache(): string {
  return process.env['HEWN_REAL_CACHE'] ?? join(tmpdir(), 'hewn-real-cache')
}

/** Into a folder of its own, and whole under its name: another run may be downloading as well. */
function download({ artifact, folder }: Distribution): string | undefined {
  mkdirSync(cache(), { recursive: true })
  const work = mkdtempSync(join(cache(), 'download-'))
  try {
    const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy'
    const to = `-DoutputDirectory=${work}`
    const fetched = spawnSync('mvn', ['-q', '-B', copy, `-Dartifact=${artifact}`, to], { timeout: 240_000 })
    const zip = readdirSync(work).find(name => name.endsWith('.zip'))
    if (fetched.status !== 0 || zip === undefined) return `Maven does not get ${artifact}`
    const unzipped = spawnSync('unzip', ['-q', '-o', join(work, zip), '-d', work])
    if (unzipped.status !== 0) return `${zip} cannot be unpacked`
    spawnSync('chmod', ['-R', 'a+rX', work])
    renameSync(join(work, folder), join(cache(), folder))
    return undefined
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function javaHomes(): { path: string; java: number }[] {
  const folder = '/usr/lib/jvm'
  const named = process.env['JAVA_HOME']
  const homes = [
    ...(existsSync(folder) ? readdirSync(folder).map(name => join(folder, name)) : []),
    ...(named === undefined ? [] : [named]),
  ]
  return homes
    .map(path => ({ path, java: javaVersion(path) }))
    .filter(({ java }) => java > 0)
    .sort((a, b) => b.java - a.java)
}

function javaVersion(path: string): number {
  const file = join(path, 'release')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return existsSync(join(path, 'bin/java')) ? Number(/JAVA_VERSION="(\d+)/.exec(text)?.[1] ?? 0) : 0
}

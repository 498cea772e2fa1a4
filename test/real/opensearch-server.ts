import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A real OpenSearch on loopback, with data of its own. */
export interface OpenSearch {
  readonly url: string
  /** JSON in, JSON out; throws for a status of 400 and more. */
  ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
  /** SIGKILL, as when a machine fails. */
  kill(): Promise<void>
  /** After `kill`, on the same data and port. */
  start(settings?: Readonly<Record<string, string>>): Promise<void>
  /** Ends it, and removes its data. */
  remove(): Promise<void>
}

/** Why it cannot be had here; undefined if it can. The first call downloads some 130 MB, once for good. */
export function missing(version: string): string | undefined {
  if (process.env['HEWN_REAL'] !== '1') return 'HEWN_REAL=1 is not set'
  if (javaFor(version) === undefined) return `no JDK for OpenSearch ${version} below /usr/lib/jvm`
  if (existsSync(home(version))) return undefined
  for (const tool of ['mvn', 'unzip']) {
    if (spawnSync(tool, ['-v']).error !== undefined) return `${tool} is not installed`
  }
  return download(version)
}

/** Not in the repository, kept from run to run, and not in a home: root's is closed to who runs the server. */
function cache(): string {
  return process.env['HEWN_REAL_CACHE'] ?? join(tmpdir(), 'hewn-real-cache')
}

function home(version: string): string {
  return join(cache(), `opensearch-${version}`)
}

function download(version: string): string | undefined {
  mkdirSync(cache(), { recursive: true })
  const artifact = `org.opensearch.distribution.integ-test-zip:opensearch:${version}:zip`
  const copy = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy'
  const fetched = spawnSync('mvn', ['-q', '-B', copy, `-Dartifact=${artifact}`, `-DoutputDirectory=${cache()}`])
  const zip = join(cache(), `opensearch-${version}.zip`)
  if (fetched.status !== 0 || !existsSync(zip)) return `Maven Central does not have ${artifact}`
  const unzipped = spawnSync('unzip', ['-q', '-o', zip, '-d', cache()])
  rmSync(zip)
  return unzipped.status === 0 ? undefined : `${zip} cannot be unpacked`
}

/** OpenSearch 2 asks for a security manager, which Java has no more from 24 on; OpenSearch 3 for Java 21. */
function javaFor(version: string): string | undefined {
  const fits = version.startsWith('2.') ? (java: number) => java >= 11 && java < 24 : (java: number) => java >= 21
  const folder = '/usr/lib/jvm'
  const homes = existsSync(folder) ? readdirSync(folder).map(name => join(folder, name)) : []
  return homes
    .map(path => ({ path, java: javaVersion(path) }))
    .filter(({ java }) => fits(java))
    .sort((a, b) => b.java - a.java)[0]?.path
}

function javaVersion(path: string): number {
  const file = join(path, 'release')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return existsSync(join(path, 'bin/java')) ? Number(/JAVA_VERSION="(\d+)/.exec(text)?.[1] ?? 0) : 0
}

/** Starts one; it must not be `missing`. Rejects with what it wrote if it does not come up. */
export async function startOpenSearch(
  version: string,
  first: Readonly<Record<string, string>> = {},
): Promise<OpenSearch> {
  const folder = mkdtempSync(join(tmpdir(), 'hewn-opensearch-'))
  spawnSync('cp', ['-r', join(home(version), 'config'), folder])
  for (const name of ['', 'config', 'data', 'logs', 'tmp']) mkdirSync(join(folder, name), { recursive: true })
  // Its log of collections would be written beside the program.
  const jvm = join(folder, 'config/jvm.options')
  writeFileSync(jvm, readFileSync(jvm, 'utf8').replace(/^.*logs\/.*$/gm, ''))
  const user = process.getuid?.() === 0 ? NOBODY : {}
  if ('uid' in user) own(folder, NOBODY)
  const [http, transport] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${http}`
  let child: ChildProcess | undefined
  const server: OpenSearch = {
    url,
    async ask(method, path, body) {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
      const text = await answer.text()
      if (answer.status >= 400) throw new Error(`${method} ${path}: status ${answer.status}: ${text}`)
      return JSON.parse(text) as Record<string, unknown>
    },
    async kill() {
      if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      process.kill(-child.pid, 'SIGKILL')
      await gone
    },
    async start(settings = {}) {
      const all = { ...settingsFor(folder, http, transport), ...settings }
      const options = Object.entries(all).map(([name, value]) => `-E${name}=${value}`)
      child = spawn(join(home(version), 'bin/opensearch'), options, {
        ...user,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          OPENSEARCH_JAVA_HOME: javaFor(version),
          OPENSEARCH_JAVA_OPTS: '-Xms512m -Xmx512m',
          OPENSEARCH_TMPDIR: join(folder, 'tmp'),
          OPENSEARCH_PATH_CONF: join(folder, 'config'),
        },
      })
      await comesUp(child, server)
    },
    async remove() {
      await server.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  process.once('exit', () => {
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, 'SIGKILL')
    }
  })
  await server.start(first)
  return server
}

function settingsFor(folder: string, http: number, transport: number): Record<string, string> {
  return {
    'discovery.type': 'single-node',
    'network.host': '127.0.0.1',
    'http.port': String(http),
    'transport.port': String(transport),
    'path.data': join(folder, 'data'),
    'path.logs': join(folder, 'logs'),
    'cluster.routing.allocation.disk.threshold_enabled': 'false',
  }
}

async function comesUp(child: ChildProcess, server: OpenSearch): Promise<void> {
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', part => {
      said = `${said}${part}`.slice(-4000)
    })
  }
  for (let tries = 0; tries < 600; tries++) {
    try {
      await server.ask('GET', '/_cluster/health?wait_for_status=yellow&timeout=30s')
      return
    } catch {
      if (child.exitCode !== null || child.signalCode !== null) break
      await new Promise(resolve => setTimeout(resolve, 200))
    }
  }
  throw new Error(`OpenSearch does not come up:\n${said}`)
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, 'close')
  return port
}

function own(path: string, { uid, gid }: { uid: number; gid: number }): void {
  chownSync(path, uid, gid)
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) own(join(path, entry.name), { uid, gid })
    else chownSync(join(path, entry.name), uid, gid)
  }
}

/** It refuses to run as root. */
const NOBODY = { uid: 65534, gid: 65534 }

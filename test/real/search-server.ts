import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install, javaFor, lacksInstallation } from './installation'

/** What is published of a server, and how it is started. */
export interface Distribution {
  readonly name: 'OpenSearch' | 'Elasticsearch'
  readonly version: string
  /** In Maven Central. */
  readonly artifact: string
  /** In the archive. */
  readonly folder: string
  readonly program: string
  /** Of the variables of its environment: `<prefix>_JAVA_HOME`. */
  readonly prefix: string
  runsOn(java: number): boolean
  readonly settings: Settings
}

export type Settings = Readonly<Record<string, string>>

/** A real OpenSearch or Elasticsearch on loopback, with data of its own. */
export interface SearchServer {
  /** `OpenSearch 3.4.0`. */
  readonly title: string
  readonly url: string
  /** Its configuration, data and logs; `config/` is its configuration. */
  readonly folder: string
  /** JSON in, JSON out; throws for a status of 400 and more. */
  ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>
  /** SIGKILL, as when a machine fails. */
  kill(): Promise<void>
  /** After `kill`, on the same data and port. */
  start(settings?: Settings): Promise<void>
  /** Ends it, and removes its data. */
  remove(): Promise<void>
}

/** Why it cannot be had here; undefined if it can. The first call downloads it, once for good. */
export function missingServer(distribution: Distribution): string | undefined {
  if (process.env['HEWN_REAL'] !== '1') return 'HEWN_REAL=1 is not set'
  return lacksInstallation(distribution)
}

/** Starts one; it must not be missing. Rejects with what it wrote if it does not come up. */
export async function startServer(distribution: Distribution, first: Settings): Promise<SearchServer> {
  const { program, prefix, name, version } = distribution
  const folder = mkdtempSync(join(tmpdir(), `hewn-${name.toLowerCase()}-`))
  const home = install(distribution)
  spawnSync('cp', ['-r', join(home, 'config'), folder])
  for (const name of ['', 'config', 'data', 'logs', 'tmp']) mkdirSync(join(folder, name), { recursive: true })
  // Its log of collections would be written beside the program.
  const jvm = join(folder, 'config/jvm.options')
  writeFileSync(jvm, readFileSync(jvm, 'utf8').replace(/^.*(?:logs\/|gc\.log).*$/gm, ''))
  const user = process.getuid?.() === 0 ? NOBODY : {}
  const [http, transport] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${http}`
  let child: ChildProcess | undefined
  const server: SearchServer = {
    title: `${name} ${version}`,
    url,
    folder,
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
      if ('uid' in user) own(folder, NOBODY)
      const all = { ...settingsFor(folder, http, transport), ...distribution.settings, ...settings }
      const options = Object.entries(all).map(([name, value]) => `-E${name}=${value}`)
      child = spawn(join(home, program), options, {
        ...user,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          // By which .ci/run finds what is to end with it.
          HEWN_RUN: process.env['HEWN_RUN'],
          HOME: folder,
          [`${prefix}_JAVA_HOME`]: javaFor(distribution),
          [`${prefix}_JAVA_OPTS`]: '-Xms512m -Xmx512m',
          [`${prefix}_TMPDIR`]: join(folder, 'tmp'),
          [`${prefix}_PATH_CONF`]: join(folder, 'config'),
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

function settingsFor(folder: string, http: number, transport: number): Settings {
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

/** Any answer at all is one: with security it wants to know who asks, or speaks TLS. */
async function comesUp(child: ChildProcess, server: SearchServer): Promise<void> {
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
    } catch (error) {
      if (/status 401/.test(String(error))) return
      if (child.exitCode !== null || child.signalCode !== null) break
      await new Promise(resolve => setTimeout(resolve, 200))
    }
  }
  throw new Error(`${server.title} does not come up:\n${said}`)
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

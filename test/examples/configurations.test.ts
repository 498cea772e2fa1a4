import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { configSchema } from '../../lib/config/schema'
import { validate } from '../../lib/config/validate'
import { formatProblem } from '../../lib/problem'
import { BulkReceiver } from '../support/receivers/bulk-receiver'
import { GelfReceiver } from '../support/receivers/gelf-receiver'

const root = resolve(__dirname, '../../..')
const examples = join(root, 'examples')

t.test('each configuration is a good one, in every profile', async t => {
  const folders = readdirSync(examples).filter(name => readdirIn(name).includes('hewn.config.json'))
  t.strictSame(folders, ['elastic', 'files', 'graylog'])
  for (const folder of folders) {
    const config: unknown = JSON.parse(readFileSync(join(examples, folder, 'hewn.config.json'), 'utf8'))
    t.strictSame(validate(config, configSchema, folder).map(formatProblem), [])
  }
})

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes?: object
}

interface Service {
  readonly image: string
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: object
}

t.test('what compose starts is of a fixed version, hangs together and is open to this machine only', async t => {
  const files = ['elastic/compose.yaml', 'elastic/compose.opensearch.yaml', 'graylog/compose.yaml']
  for (const file of files) {
    const { services, volumes = {} } = parse(readFileSync(join(examples, file), 'utf8')) as Compose
    for (const [name, service] of Object.entries(services)) {
      t.match(service.image, /^[\w./-]+:\d[\d.]+$/, `${file}: ${name}`)
      for (const port of service.ports ?? []) t.match(port, /^127\.0\.0\.1:\d+:\d+(\/tcp|\/udp)?$/)
      for (const other of Object.keys(service.depends_on ?? {})) t.ok(other in services, `${name} waits for ${other}`)
      for (const volume of service.volumes ?? []) t.ok(volume.split(':')[0]! in volumes, `${name} has ${volume}`)
    }
    const ports = Object.values(services).flatMap(({ ports = [] }) => ports.map(port => port.split(':')[1]))
    t.ok(ports.includes(file.startsWith('elastic') ? '9200' : '12201'), 'where the configuration looks for it')
  }
})

const MIB = 1024 ** 2

function bytesOf(text: string): number {
  const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(text) ?? []
  return Number(number) * (unit === 'Gi' ? 1024 * MIB : MIB)
}

t.test('what Kubernetes is given hangs together, and the configuration in it is a good one', async t => {
  interface Container {
    readonly command?: readonly string[]
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[]
    readonly securityContext: { readonly readOnlyRootFilesystem: boolean }
    readonly resources?: { readonly limits: { readonly memory: string } }
  }
  interface Manifest {
    readonly kind: string
    readonly data?: Readonly<Record<string, string>>
    readonly spec?: {
      readonly template: {
        readonly spec: {
          readonly containers: readonly Container[]
          readonly initContainers?: readonly Container[]
          readonly volumes: readonly { readonly name: string; readonly emptyDir?: { readonly sizeLimit: string } }[]
        }
      }
    }
  }
  for (const file of ['sidecar.yaml', 'daemonset.yaml']) {
    const manifests = parseAllDocuments(readFileSync(join(examples, 'kubernetes', file), 'utf8'))
    for (const document of manifests) {
      t.same(document.errors, [])
      const { kind, spec, data } = document.toJS() as Manifest
      if (data !== undefined) {
        t.same(validate(JSON.parse(data['hewn.config.json']!), configSchema, 'hewn.config.json'), [])
        continue
      }
      const { containers, initContainers = [], volumes } = spec!.template.spec
      const ship = [...containers, ...initContainers].filter(({ command }) => command?.includes('ship'))
      t.equal(ship.length, 1, `one container of the ${kind} ships`)
      t.match(ship[0]!.resources?.limits.memory, /^\d+Mi$/)
      for (const { emptyDir } of volumes) {
        // A writer's bound, that of the dead ones, a transport's dead letters: past the limit the pod is evicted.
        if (emptyDir !== undefined) t.ok(bytesOf(emptyDir.sizeLimit) >= 256 * MIB + 256 * MIB + 64 * MIB)
      }
      for (const { volumeMounts, securityContext } of [...containers, ...initContainers]) {
        t.ok(securityContext.readOnlyRootFilesystem, 'what hewn writes is on a volume')
        for (const { name } of volumeMounts)
          t.ok(
            volumes.some(volume => volume.name === name),
            `there is ${name}`,
          )
      }
      const [, , , folder] = ship[0]!.command!
      t.ok(
        ship[0]!.volumeMounts.some(({ mountPath }) => mountPath === folder),
        'what it ships is mounted',
      )
    }
  }
})

t.test('the service sends its lines to Elasticsearch, each once, without what is secret', async t => {
  const secret = Buffer.from('key:secret').toString('base64')
  const receiver = new BulkReceiver({ authorization: `ApiKey ${secret}` })
  const node = await receiver.start()
  t.teardown(() => receiver.stop())
  const folder = copy(t, 'elastic')
  const env = { ELASTIC_URL: node, ELASTIC_API_KEY: 'key:secret', SPOOL_DIR: join(folder, 'spool'), PORT: '0' }
  const app = run(folder, { ...env, NODE_ENV: 'production' })
  const { port } = JSON.parse(await app.line(/"listening"/)) as { port: number }
  const headers = { 'x-request-id': 'r-1' }
  const statuses = []
  for (let n = 0; n < 20; n++) {
    const answer = await fetch(`http://127.0.0.1:${port}/orders?password=hunter2`, { method: 'POST', headers })
    statuses.push(answer.status)
  }
  await fetch(`http://127.0.0.1:${port}/orders`, { method: 'POST', headers })
  t.strictSame([...new Set(statuses)], [404])
  t.same(await app.end('SIGTERM'), { signal: 'SIGTERM', complaints: '' })

  t.strictSame(receiver.mistakes, [])
  t.equal(new Set(receiver.ids).size, receiver.stored.length)
  t.ok(receiver.stored.every(({ target }) => target === 'logs-checkout-production'))
  const completed = receiver.stored.map(({ document }) => document).filter(at => at['message'] === 'request completed')
  t.equal(completed.length, 21)
  t.ok(completed.every(({ requestId }) => requestId === 'r-1'))
  const orders = receiver.stored.filter(({ document }) =>
    /order placed|charge failed/.test(String(document['message'])),
  )
  t.equal(orders.length, 1)
  t.notMatch(JSON.stringify(receiver.stored), 'hunter2')
})

for (const [environment, protocol] of [
  ['development', 'tcp'],
  ['production', 'http'],
] as const) {
  t.test(`the worker sends its lines to Graylog by ${protocol}, as in ${environment}`, async t => {
    const receiver = new GelfReceiver(protocol, { bulk: true })
    const url = await receiver.start()
    t.teardown(() => receiver.stop())
    const folder = copy(t, 'graylog')
    const spool = { SPOOL_DIR: join(folder, 'spool'), HEWN_SPOOL: join(folder, 'spool') }
    const app = run(folder, { ...spool, GRAYLOG_URL: url, NODE_ENV: environment, INTERVAL_MS: '1' })
    await receiver.has(20)
    t.same(await app.end('SIGTERM'), { signal: 'SIGTERM', complaints: '' })

    t.strictSame(receiver.mistakes, [])
    t.equal(new Set(receiver.ids).size, receiver.stored.length)
    const failed = receiver.stored.find(message => message.get('message') === 'not sent')
    t.match(Object.fromEntries(failed ?? []), { level: 3, logger: 'mail', mail: 3, err_code: '552' })
    t.ok(receiver.stored.every(message => !JSON.stringify([...message]).includes('@example.com')))
  })
}

t.test('the batch writes its files, and what is wrong into one of their own', async t => {
  const folder = copy(t, 'files')
  const app = run(folder, { LOG_DIR: join(folder, 'log'), ROWS: '300', NODE_ENV: 'production' })
  t.same(await app.ended, { signal: null, complaints: '' })
  const all = readFileSync(join(folder, 'log/current.log'), 'utf8').trimEnd().split('\n')
  t.equal(all.length, 305, 'two lines of the import, 300 rows at debug, three of them left out')
  const problems = readFileSync(join(folder, 'log/problems.log'), 'utf8').trimEnd().split('\n')
  t.strictSame(
    problems.map(line => (JSON.parse(line) as { row: number }).row),
    [100, 200, 300],
  )
})

interface App {
  readonly ended: Promise<Ended>
  /** The first line of its standard output that matches. */
  line(wanted: RegExp): Promise<string>
  end(signal: NodeJS.Signals): Promise<Ended>
}

interface Ended {
  readonly signal: NodeJS.Signals | null
  readonly complaints: string
}

function run(folder: string, env: Readonly<Record<string, string>>): App {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(HEWN_|LOG_|NODE_|TAP)/.test(name))
  const child = spawn(process.execPath, ['app.js'], {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (some: string) => {
    said += some
  })
  const ended = ending(child)
  return {
    ended,
    async line(wanted) {
      for (;;) {
        const found = said.split('\n').find(line => wanted.test(line))
        if (found !== undefined) return found
        await Promise.race([
          once(child.stdout, 'data'),
          ended.then(({ complaints }) => Promise.reject(new Error(`it has ended: ${complaints}`))),
        ])
      }
    },
    end(signal) {
      child.kill(signal)
      return ended
    },
  }
}

async function ending(child: ChildProcess): Promise<Ended> {
  const [complaints, [, signal]] = await Promise.all([text(child.stderr!), once(child, 'close')])
  return { signal: signal as NodeJS.Signals | null, complaints }
}

/** The example as it would lie at a reader's, with hewn installed. */
function copy(test: Pick<typeof t, 'testdir'>, name: string): string {
  const folder = test.testdir({})
  cpSync(join(examples, name), folder, { recursive: true })
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/hewn'), 'junction')
  return folder
}

function readdirIn(name: string): string[] {
  try {
    return readdirSync(join(examples, name))
  } catch {
    return []
  }
}

import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import t from 'tap'

const program = resolve(__dirname, '../../lib/cli/main.js')

interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly status: number
}

function setup(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const clean = { PATH: process.env['PATH'], HOME: t.testdirName, ...env }
  return new Promise(done => {
    execFile(process.execPath, [program, 'setup', ...args], { env: clean }, (error, stdout, stderr) =>
      done({ stdout, stderr, status: typeof error?.code === 'number' ? error.code : 0 }),
    )
  })
}

t.test('it shows what it would do, does it, and keeps the key to itself', async t => {
  const asked: string[] = []
  let status = 404
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.headers.authorization}`)
    if (status === 403)
      response.writeHead(403).end(JSON.stringify({ error: { reason: `no: ${request.headers.authorization}` } }))
    else if (request.url === '/') response.end('{"version":{"number":"9.1.4"}}')
    else response.writeHead(request.method === 'PUT' ? 200 : status).end('{}')
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const node = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const env = { ELASTIC_API_KEY: 's3cr3tkeyencoded' }
  const args = ['elastic', '--node', node, '--service', 'checkout']

  const dry = await setup([...args, '--dry-run'], env)
  t.equal(
    dry.stdout,
    [
      'Elasticsearch 9.1.4',
      "lifecycle policy 'hewn-logs-checkout': would be created",
      "index template 'hewn-logs-checkout': would be created",
      'Nothing was changed (--dry-run).',
      '',
    ].join('\n'),
  )
  t.equal(dry.status, 0)
  t.ok(
    asked.every(request => request === 'GET ApiKey s3cr3tkeyencoded'),
    asked.join(', '),
  )

  const real = await setup(args, env)
  t.match(real.stdout, /policy 'hewn-logs-checkout': created\nindex template 'hewn-logs-checkout': created\n/)
  t.equal(asked.filter(request => request.startsWith('PUT')).length, 2)

  status = 403
  const refused = await setup(args, env)
  t.equal(refused.status, 1)
  t.match(refused.stderr, /^hewn setup elastic: found status 403 for GET \/: no: ApiKey \[secret\], expected/)
  t.notMatch(refused.stderr, 's3cr3t')
  server.close()
})

t.test('mistakes are told, each with its place', async t => {
  const [nothing, wrong, none] = await Promise.all([
    setup([]),
    setup(['elastik', '--retention', 'soon', '--nod=x']),
    setup(['elastic']),
  ])
  t.match(nothing, { status: 2, stderr: "hewn setup: found nothing behind it, expected 'elastic'\n" })
  t.equal(wrong.status, 2)
  t.match(
    wrong.stderr,
    /'--nod'.*did you mean '--node'\?\n.*'elastik'.*did you mean 'elastic'\?\n--retention: found 'soon'/,
  )
  t.match(none, { status: 1, stderr: /no transport 'elastic' in the configuration/ })
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { count } from '../../examples/demo/counts'
import { GelfReceiver } from '../support/receivers/gelf-receiver'

interface Demo {
  readonly code: number | null
  readonly shown: string
  readonly complaints: string
}

async function demo(...args: string[]): Promise<Demo> {
  const main = join(__dirname, '../../examples/demo/main.js')
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const [shown, complaints, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: code as number | null, shown, complaints }
}

t.test('the demo loses no line, to SIGTERM, SIGKILL and a receiver that is cut off', { timeout: 60_000 }, async t => {
  const { code, shown, complaints } = await demo('--seconds', '1')
  t.equal(code, 0, shown)
  t.equal(complaints, '')
  const folder = /The files are in (.*)\. What next:/.exec(shown)?.[1] ?? ''
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))

  await t.test('under load, with a level that changes for a moment', async t => {
    const records = recordsIn(join(folder, 'info/service.log'))
    const answered = records.filter(({ msg }) => msg === 'request completed').length
    t.ok(answered > 0, 'requests were answered')
    t.equal(figure(shown, 'log calls'), records.length)
    t.equal(figure(shown, 'lines on disk'), records.length)
    t.equal(figure(shown, 'lines missing'), 0)
    t.ok(
      records.every(({ call }, at) => call === at + 1),
      'each call is there, in its place',
    )
    // What the service has answered, the load may not have read yet when the service stops.
    t.ok(figure(shown, 'requests answered') <= answered, 'every answer that was read is in the log')
    t.equal(readFileSync(join(folder, 'silent/service.log'), 'utf8'), '', 'and nothing is logged when logging is off')

    const debug = records.filter(({ level }) => level === 'debug')
    t.equal(figure(shown, 'of them at debug, while the rule was on'), debug.length)
    t.ok(debug.length > 0, 'the rule took effect')
    t.ok(
      debug.every(({ logger }) => logger === 'http.checkout'),
      'for one route only',
    )
    const last = records.lastIndexOf(debug.at(-1)!)
    t.ok(
      records.slice(last).some(({ msg }) => msg === 'order placed'),
      'and was over before the service was stopped',
    )
    t.equal(shown.match(/the service ended by SIGTERM/g)?.length, 3, 'as it would have ended without hewn')
  })

  await t.test('and ships each line once', async t => {
    const records = recordsIn(join(folder, 'received.ndjson'))
    const issued = figure(shown, 'issued')
    t.equal(shown.match(/SIGKILL in mid-load/g)?.length, 2)
    t.match(shown, 'every connection breaks')
    t.match(shown, 'the receiver is back')
    t.ok(issued > 0, 'there was something to ship')
    t.equal(figure(shown, 'delivered'), issued)
    t.equal(figure(shown, 'lost'), 0)
    t.equal(figure(shown, 'twice'), 0)
    t.equal(records.length, issued + figure(shown, 'delivered besides, of turns that SIGKILL cut short'))
    t.strictSame([...new Set(records.map(({ life }) => life))].sort(), ['1', '2', '3'], 'of all three lives')
  })
})

t.test('the demo ships to Graylog, and counts by its search', { timeout: 60_000 }, async t => {
  const receiver = new GelfReceiver('http')
  const input = await receiver.start()
  t.teardown(() => receiver.stop())
  const asked: string[] = []
  const api = createServer(async (request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    const { query } = JSON.parse(await text(request)) as { query: string }
    const [, run, life, from, to] = /^run:(\w+) AND life:(\d+) AND call:\[(\d+) TO (\S+)\]$/.exec(query) ?? []
    const datarows = receiver.stored
      .filter(message => message.get('run') === run && message.get('life') === life)
      .map(message => [life, Number(message.get('call'))] as const)
      .filter(([, call]) => call >= Number(from) && (to === '*' || call <= Number(to)))
    response.end(JSON.stringify({ schema: [{ field: 'life' }, { field: 'call' }], datarows }))
  })
  api.listen(0, '127.0.0.1')
  await once(api, 'listening')
  t.teardown(() => void api.close())
  const url = `http://admin:pa%20ss@127.0.0.1:${(api.address() as AddressInfo).port}`

  const { code, shown, complaints } = await demo('--seconds', '0.5', '--graylog', input, '--graylog-api', url)
  t.equal(code, 0, shown)
  t.equal(complaints, '')
  t.strictSame(receiver.mistakes, [])
  t.ok(figure(shown, 'issued') > 0)
  t.equal(figure(shown, 'delivered'), figure(shown, 'issued'))
  t.equal(new Set(receiver.ids).size, receiver.ids.length - figure(shown, 'twice'))
  t.strictSame(
    [...new Set(asked)],
    [`POST /api/search/messages Basic ${Buffer.from('admin:pa ss').toString('base64')}`],
  )
})

t.test('what is lost, what came twice and what nobody promised are told apart', async t => {
  const received = [
    { life: '1', call: 1 },
    { life: '1', call: 3 },
    { life: '1', call: 3 },
    { life: '1', call: 4 },
    { life: '2', call: 1 },
  ]
  t.strictSame(count([3, 2], received), { delivered: 3, lost: 2, twice: 1, besides: 1 })
})

t.test('a URL that leads nowhere is told, without what may be secret in it', async t => {
  const wrong = await demo('--elastic', 'elastic:secret@localhost')
  t.equal(wrong.code, 1)
  t.match(wrong.complaints, "--elastic: expected a URL that begins with 'http://' or 'https://'")
  t.notMatch(wrong.complaints, 'secret')
})

interface Line {
  readonly level: string
  readonly logger?: string
  readonly msg: string
  readonly call: number
  readonly life?: string
}

function recordsIn(path: string): Line[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return lines.map(line => JSON.parse(line) as Line)
}

function figure(shown: string, title: string): number {
  const line = shown.split('\n').find(line => line.trim().startsWith(title)) ?? ''
  return Number(/([\d,]+)$/.exec(line.trim())?.[1]?.replaceAll(',', ''))
}

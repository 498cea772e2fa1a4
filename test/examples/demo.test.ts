import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'

t.test('the demo logs under load, changes a level for a moment, is stopped by SIGTERM and loses no line', async t => {
  const main = join(__dirname, '../../examples/demo/main.js')
  const child = spawn(process.execPath, [main, '--seconds', '1'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = new Promise(resolve => child.on('close', resolve))
  const [shown, complaints] = await Promise.all([text(child.stdout), text(child.stderr)])
  t.equal(await closed, 0)
  t.equal(complaints, '')

  const folder = /The files are in (.*)\. What next:/.exec(shown)?.[1] ?? ''
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const lines = readFileSync(join(folder, 'info/service.log'), 'utf8').split('\n').slice(0, -1)
  const records = lines.map(line => JSON.parse(line) as { level: string; logger?: string; msg: string })
  const answered = records.filter(({ msg }) => msg === 'request completed').length
  t.ok(answered > 0, 'requests were answered')
  t.equal(figure(shown, 'log calls'), lines.length)
  t.equal(figure(shown, 'lines on disk'), lines.length)
  t.equal(figure(shown, 'lines lost'), 0)
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
  t.equal(shown.match(/the service ended by SIGTERM/g)?.length, 2, 'as it would have ended without hewn')
})

function figure(shown: string, title: string): number {
  const line = shown.split('\n').find(line => line.trim().startsWith(title)) ?? ''
  return Number(line.replace(title, '').trim().replaceAll(',', ''))
}

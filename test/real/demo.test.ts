import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { missing, startOpenSearch } from './opensearch-server'

t.setTimeout(300_000)

const VERSION = '3.4.0'

t.test('the demo ships to a real OpenSearch', { skip: missing(VERSION) ?? false, timeout: 250_000 }, async t => {
  const server = await startOpenSearch(VERSION)
  t.teardown(() => server.remove())
  const main = join(__dirname, '../../examples/demo/main.js')
  const args = [main, '--seconds', '4', '--elastic', server.url]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [shown, complaints, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  t.comment(shown)
  t.equal(code, 0)
  t.equal(complaints, '')
  const figure = (title: string) => Number(new RegExp(`${title}[^\\d]*([\\d,]+)`).exec(shown)?.[1]?.replaceAll(',', ''))
  t.match(shown, /index template.*created/i)
  t.ok(figure('issued: calls whose turn was over') > 1000)
  t.equal(figure('lost'), 0)
  t.equal(figure('twice'), 0)
  const { count } = await server.ask('GET', '/logs-hewn_demo-*/_count')
  t.equal(count, figure('\\n  delivered ') + figure('besides, of turns that SIGKILL cut short'))
})

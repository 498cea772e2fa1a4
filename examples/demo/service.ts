/**
 * A shop's HTTP service: two routes for customers, one for operators. It knows nothing of the demo but where its count
 * goes; where its lines go is in the configuration that HEWN_CONFIG names.
 *
 *     HEWN_CONFIG=… node dist/examples/demo/service.js FOLDER [PORT]
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { flush, getLogger, levelHandler, logger, withContext } from 'hewn'
import { Payments } from './payments'
import { Tally } from './tally'

const [folder = '.', port = '0'] = process.argv.slice(2)

const tally = new Tally(join(folder, 'calls'))
const log = tally.of(logger)
const http = tally.of(getLogger('http'))
const catalog = tally.of(getLogger('http.catalog'))
const checkout = tally.of(getLogger('http.checkout'))

const levels = levelHandler()
const payments = new Payments()
let requests = 0

const server = createServer((req, res) => {
  if (req.url?.startsWith('/admin/levels')) return levels(req, res)
  requests++
  withContext({ requestId: `r${requests}` }, () => answer(req, res))
  tally.save()
})

server.listen(Number(port), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  log.info({ port }, 'listening')
  tally.save()
  process.send?.(port)
})

// Whoever started it asks for all lines to be acknowledged.
process.on('message', async () => process.send?.(await flush({ timeout: 30_000 })))
// Should whoever started it be gone, nobody would ever stop it.
process.once('disconnect', () => process.exit())

function answer(req: IncomingMessage, res: ServerResponse): void {
  const started = performance.now()
  const path = req.url ?? '/'
  const status = path.startsWith('/catalog/') ? showProduct(path) : path === '/checkout' ? placeOrder() : 404
  res.writeHead(status, { 'content-type': 'application/json' }).end(`{"status":${status}}\n`)
  http.info({ method: req.method, path, status, ms: round(performance.now() - started) }, 'request completed')
}

function showProduct(path: string): number {
  const product = path.slice('/catalog/'.length)
  catalog.debug({ product, cached: requests % 3 === 0 }, 'product looked up')
  return 200
}

function placeOrder(): number {
  const order = { orderId: `o${requests}`, cents: 100 + (requests % 9000) }
  checkout.debug({ ...order, items: 1 + (requests % 5), rate: 0.19 }, 'cart priced')
  try {
    const attempts = payments.charge(order.cents)
    if (attempts > 1) checkout.warn({ ...order, attempts }, 'the payment provider was slow')
    checkout.info(order, 'order placed')
    return 201
  } catch (err) {
    checkout.error({ err, ...order }, 'charge failed')
    return 502
  }
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

// A shop's HTTP service. Where its lines go is in hewn.config.json; nothing has to be done when it is stopped.
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { getLogger, logger, withContext } from 'hewn'

const http = getLogger('http')
const checkout = getLogger('checkout')

const server = createServer((req, res) => {
  const requestId = req.headers['x-request-id'] ?? randomUUID()
  withContext({ requestId }, () => {
    const started = performance.now()
    const status = answer(req)
    res.writeHead(status).end()
    http.info({ method: req.method, path: req.url, status, ms: performance.now() - started }, 'request completed')
  })
})

function answer({ method, url }) {
  if (method !== 'POST' || url !== '/orders') return 404
  const order = { orderId: randomUUID(), cents: Math.ceil(Math.random() * 10_000) }
  checkout.debug(order, 'cart priced')
  try {
    charge(order)
    checkout.info(order, 'order placed')
    return 201
  } catch (err) {
    checkout.error({ err, ...order }, 'charge failed')
    return 502
  }
}

function charge({ cents }) {
  if (cents % 10 === 0) throw new Error(`the provider refused ${cents} cents`)
}

server.listen(Number(process.env.PORT ?? 8080), () => {
  const { port } = server.address()
  logger.info({ port }, 'listening')
})

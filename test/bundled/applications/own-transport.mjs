// Bundled by the tests: a transport that is part of the application, and so of its bundle.
import { appendFileSync } from 'node:fs'
import { createLogger, defineTransport, flush } from 'hewn'

const [, dir] = process.argv.slice(2)
process.stdout.write('started\n')
const own = defineTransport(import.meta.url, {
  name: 'own',
  acknowledges: 'stored',
  options: {
    type: 'object',
    properties: { path: { type: 'string' } },
    required: ['path'],
    additionalProperties: false,
  },
  open: ({ path }) => ({
    send: async ({ lines }) => appendFileSync(path, lines.map(({ text }) => `${text}\n`).join('')),
    close() {},
  }),
})
const log = createLogger({ spool: { dir: `${dir}/spool`, minFree: 0 }, transports: [own({ path: `${dir}/own.log` })] })
for (let n = 0; n < 50; n++) log.info({ n }, 'from a bundle')
void flush({ timeout: 15_000 })

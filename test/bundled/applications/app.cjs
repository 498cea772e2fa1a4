// Bundled by the tests: logs to two receivers of one kind, one made by its function and one by its type, and to a file.
const { createLogger, flush } = require('hewn')
const { getLogger } = require('hewn/api')
const { file } = require('hewn/transports/file')
const { http } = require('hewn/transports/http')

const [url, dir] = process.argv.slice(2)
let threads = 0
process.on('worker', () => threads++)
const log = createLogger({
  spool: { dir: `${dir}/spool`, minFree: 0 },
  transports: [
    http({ url, name: 'made' }),
    { type: 'http', name: 'by-type', url },
    file({ path: `${dir}/app.log`, maxSize: 1024, compress: 'gzip' }),
  ],
})
for (let n = 0; n < 50; n++) log.info({ n }, 'from a bundle')
getLogger('library').info('through the facade')
void flush({ timeout: 15_000 }).then(({ left }) => {
  process.stdout.write(`${JSON.stringify({ left, threads })}\n`)
})

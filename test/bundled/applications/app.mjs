// Bundled by the tests: logs to two receivers of one kind, one made by its function and one by its type, and to a file.
import { createLogger, flush } from 'hewn'
import { getLogger } from 'hewn/api'
import { file } from 'hewn/transports/file'
import { http } from 'hewn/transports/http'

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

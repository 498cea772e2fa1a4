import { join } from 'node:path'
import type * as Hewn from '../../lib/index'
import type { FileTransport } from '../../transports/file'
import type { SpoolTransport } from '../../transports/spool'
import type { StdoutTransport } from '../../transports/stdout'
import { ROOT } from '../place'
import { type Contestant, type Fields, flatReader, type Target, type Variant } from './contestant'

/** An error as hewn's own line has it. */
function withError(line: Fields): Fields {
  const { 'error.type': type, 'error.message': message, 'error.stack_trace': stack, ...rest } = line
  return type === undefined ? line : { ...rest, err: { type, message, stack } }
}

type Options = NonNullable<Parameters<typeof Hewn.createLogger>[0]>

/** hewn of this tree, or of the variant's: loaded by path, so that two revisions can be compared. */
export const hewn: Contestant = {
  open(target, variant) {
    const root = variant.root ?? ROOT
    const { createLogger, withContext } = require(join(root, 'dist/lib/index.js')) as typeof Hewn
    const own = createLogger(options(root, target, variant))
    const log = variant.bound ? own.child(variant.bound) : own
    const { context } = variant
    return {
      message: message => log.info(message),
      fields: (fields, message) => log.info(fields, message),
      error: (error, message) => log.error(error, message),
      child(bound) {
        const child = log.child(bound)
        return { message: message => child.info(message) }
      },
      ...(context && { within: (calls: () => void) => withContext(context, calls) }),
    }
  },
  sites() {
    const { createLogger } = require(join(ROOT, 'dist/lib/index.js')) as typeof Hewn
    const destination = { write: () => true }
    const rules = 'info,app=warn,app.db=info,app.*.pool=info,-noisy'
    const named = createLogger({ name: 'app.db.pool', level: rules, destination })
    const child = named.child({ tenant: 'acme' })
    const custom = createLogger({ level: 'info', customLevels: { notice: 35 }, destination })
    return [named, child, child.child({ region: 'eu' }), named.child({}, { level: 'warn' }), custom]
  },
  read: line => ('@timestamp' in line ? readEcs(withError(line)) : readLine(line)),
}

const readLine = flatReader({
  level: 'level',
  time: 'time',
  message: 'msg',
  own: ['logger', 'pid', 'host', 'hostname'],
})
const readEcs = flatReader({
  level: 'log.level',
  time: '@timestamp',
  message: 'message',
  own: ['process.pid', 'host.hostname', 'ecs.version'],
})

function options(root: string, target: Target, variant: Variant): Options {
  const { level = 'info', name, durability, redact, layout } = variant
  const chosen: Record<string, unknown> = { level, ...destination(root, target, variant) }
  // An option that a revision does not know is an error there: only what the case needs is given.
  for (const [key, value] of Object.entries({ name, durability, redact, layout })) {
    if (value !== undefined) chosen[key] = value
  }
  return chosen as Options
}

function destination(root: string, target: Target, variant: Variant): object {
  if (target.kind === 'memory') return { destination: { write: target.write } }
  if (target.kind === 'file' && variant.spool) {
    const { spool } = require(join(root, 'dist/transports/spool.js')) as { spool(options: object): SpoolTransport }
    return { transports: [spool({ dir: target.path, maxBytes: '1GiB', minFree: 0 })] }
  }
  if (target.kind === 'file') {
    const { file } = require(join(root, 'dist/transports/file.js')) as { file(options: object): FileTransport }
    return { transports: [file({ path: target.path })] }
  }
  const { stdout } = require(join(root, 'dist/transports/stdout.js')) as { stdout(): StdoutTransport }
  return { transports: [stdout()] }
}

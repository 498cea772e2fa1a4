import type pino from 'pino'
import type { DestinationStream, Logger, LoggerOptions } from 'pino'
import { peer } from '../place'
import { type Contestant, flatReader, type Log, REDACTED, type Target, type Variant } from './contestant'

/**
 * pino, twice: as installed (the root logger, sonic-boom 4.2.1), and at its best (`best`: sonic-boom 4.2.0 and a child
 * logger alone, which spares it the root's dictionary-mode properties).
 */
export const pinoContestant: Contestant = {
  open(target, variant) {
    const create = peer(variant.best ? 'pino-with-sonic-4.2.0' : 'pino') as typeof pino
    const destination = destinationFor(create, target, variant)
    const root = destination === undefined ? create(options(variant)) : create(options(variant), destination.stream)
    const log = variant.bound || variant.best ? root.child(variant.bound ?? {}) : root
    return { ...calls(log), ...(destination?.push && { push: destination.push }) }
  },
  sites() {
    const create = peer('pino') as typeof pino
    const root = create({ level: 'info' }, { write() {} })
    const child = root.child({ tenant: 'acme' })
    const custom = create({ level: 'info', customLevels: { notice: 35 } }, { write() {} })
    return [child, root, child.child({ region: 'eu' }), root.child({}, { level: 'warn' }), custom]
  },
  read: flatReader({ level: 'level', time: 'time', message: 'msg', own: ['pid', 'hostname'] }),
}

function options(variant: Variant): LoggerOptions {
  const { level = 'info', redact } = variant
  return redact === undefined ? { level } : { level, redact: { paths: [...redact], censor: REDACTED } }
}

function calls(log: Logger): Log {
  return {
    message: message => log.info(message),
    fields: (fields, message) => log.info(fields, message),
    error: (error, message) => log.error(error, message),
    child: bound => calls(log.child(bound)),
  }
}

function destinationFor(
  create: typeof pino,
  target: Target,
  variant: Variant,
): { stream: DestinationStream; push?: () => void } | undefined {
  if (target.kind === 'memory') return { stream: { write: text => target.write(text) } }
  // pino() itself: its default destination is standard output, asynchronously.
  if (target.kind === 'stdout') return undefined
  const stream = create.destination({
    dest: target.path,
    sync: variant.sync ?? false,
    ...(variant.minLength !== undefined && { minLength: variant.minLength }),
  })
  return variant.minLength === undefined ? { stream } : { stream, push: () => stream.flush() }
}

import { configure, createLogger, explainLevel, flush, getLogger, logger, setLevels, withContext } from 'hewn'
import { getLogger as getApiLogger } from 'hewn/api'
import { file } from 'hewn/transports/file'
import { stdout } from 'hewn/transports/stdout'

configure({ level: 'info', transports: [stdout()] })

const thrown: unknown = new Error('refused')
const fields: { readonly port: number; readonly host?: string | undefined } = { port: 8080 }

logger.info('a message')
logger.info(fields, 'fields, then a message')
logger.info('a message, then fields', fields)
logger.error(thrown)
logger.error(thrown, 'an error, then a message')
logger.error('a message, then an error', thrown)
logger.error({ err: thrown }, 'an error among fields')
logger.info('%s took %d ms', 'ann', 12, fields)
logger.debug(() => ({ dump: true }), 'lazy')

const child = getLogger('http').child({ requestId: '4bf92f' }, { level: 'debug' })
child.level = 'warn'
const enabled: boolean = child.isLevelEnabled('info')
const bound: Record<string, unknown> = child.bindings()
withContext({ tenant: 'acme', enabled, bound }, () => getLogger('http').info('in a context'))

const own = createLogger({ customLevels: { notice: 35 }, transports: [file({ path: 'own.ndjson' })] })
own.notice('a level of its own')
own.child({}).notice('also on a child')
// @ts-expect-error: there is no such level.
own.notise?.('misspelt')

getApiLogger('library').warn(fields, 'the facade')
getApiLogger('library').child({ part: 'a' })
// hewn's logger is one that a library may be handed.
const handed: ReturnType<typeof getApiLogger> = logger
handed.info('handed')

setLevels('http=debug', { for: '10m' })
explainLevel('http.client')
void flush({ timeout: 1000 }).then(({ flushed, left }: { flushed: number; left: number }) => {
  logger.info({ flushed, left }, 'done')
})

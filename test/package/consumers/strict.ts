import { configure, createLogger, explainLevel, flush, getLogger, logger, setLevels, withContext } from 'hewn'
import { getLogger as getApiLogger } from 'hewn/api'
import { transportContract } from 'hewn/testing'
import { file } from 'hewn/transports/file'
import { http } from 'hewn/transports/http'
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

const described = http({ url: 'https://localhost/lines', format: 'array', name: 'mine' })
const url: string = described.url
// @ts-expect-error: there is no such format.
const misspelt = () => http({ url, format: 'arrays' })
const checks: readonly { name: string }[] = transportContract({
  start: async () => ({ transport: described, received: () => [], refuse: () => {}, stop: () => {} }),
})
logger.info({ checks: checks.length, misspelt: typeof misspelt })

import { createRequire } from 'node:module'
import * as namespace from 'hewn'
import { flush, getLogger, logger } from 'hewn'
import { getLogger as getApiLogger } from 'hewn/api'

const all = { ...namespace }
const required = createRequire(import.meta.url)('hewn')
const names = Object.keys(required).filter(name => name !== '__esModule')
const missing = names.filter(name => !(name in all))
const different = names.filter(name => all[name] !== required[name])

logger.info({ missing, different, count: names.length }, 'from ESM')
getLogger('http').info('named')
getApiLogger('library').info('through the facade')
await flush()

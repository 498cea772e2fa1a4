const { flush, getLogger, logger } = require('hewn')
const { getLogger: getApiLogger } = require('hewn/api')

logger.info('from CommonJS')
getLogger('http').info('named')
getApiLogger('library').info('through the facade')
import('hewn').then(async esm => {
  logger.info({ same: esm.logger === logger }, 'both')
  await flush()
})

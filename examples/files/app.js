// Imports a catalogue, and ends. Its files, their rotation and what goes where are in hewn.config.json.
import { getLogger, logger } from 'hewn'

const rows = getLogger('import.rows')
const count = Number(process.env.ROWS ?? 1000)
let refused = 0

logger.info({ count }, 'import begun')
for (let row = 1; row <= count; row++) {
  rows.debug({ row }, 'read')
  if (row % 100 === 0) {
    refused++
    rows.warn({ row, column: 'price' }, 'row left out: not a number')
  }
}
logger.info({ count, refused }, 'import done')

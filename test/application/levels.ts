import { logger } from '../../lib/index'

/** Logs at every level, without a word to hewn before. */
for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) logger[level](`at ${level}`)

export { type SpoolOptions, type SpoolTransport, spool } from './spool.js'

export { stdout, type StdoutOptions, type StdoutTransport } from './stdout.js'

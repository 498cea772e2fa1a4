export { type StdoutOptions, type StdoutTransport, stdout } from './stdout.js'

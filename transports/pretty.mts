export { type PrettyOptions, type PrettyTransport, pretty } from './pretty.js'

export { pretty, type PrettyOptions, type PrettyTransport } from './pretty.js'

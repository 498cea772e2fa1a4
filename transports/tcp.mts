export { tcp } from './tcp.js'

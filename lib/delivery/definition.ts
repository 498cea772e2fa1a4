// What a transport's file is written with. Light: the application's own thread loads it, too.
export { type Batch, builtInTransport, defineTransport, type OpenTransport } from './transport'

export { type FileOptions, type FileTransport, file } from './file.js'

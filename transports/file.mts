export { file, type FileOptions, type FileTransport } from './file.js'

export { elastic } from './elastic.js'

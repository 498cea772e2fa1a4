export { graylog } from './graylog.js'

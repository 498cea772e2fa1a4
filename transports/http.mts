export { http } from './http.js'

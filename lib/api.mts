export type { ApiBackend, ApiLevel, ApiLogCall, ApiLogger, ApiState, EarlyRecord } from './api.js'
export { getLogger } from './api.js'

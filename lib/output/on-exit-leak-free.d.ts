declare module 'on-exit-leak-free' {
  /** Calls `callback(object)` at 'exit', unless `object` was collected before. */
  export function register<T extends object>(object: T, callback: (object: T, event: 'exit') => void): void
}

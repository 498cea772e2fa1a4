declare module 'autocannon' {
  import type { EventEmitter } from 'node:events'

  namespace autocannon {
    interface Options {
      readonly url: string
      readonly connections: number
      /** In seconds. */
      readonly duration: number
      /** In ms. */
      readonly sampleInt: number
      readonly requests: readonly { readonly method: string; readonly path: string }[]
    }

    /** Emits 'response' for each answer. It is a promise too, so an async function cannot return it. */
    interface Run extends EventEmitter, PromiseLike<unknown> {
      stop(): void
    }
  }

  function autocannon(options: autocannon.Options): autocannon.Run
  export = autocannon
}

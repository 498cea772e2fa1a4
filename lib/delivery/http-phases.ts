import type { ClientRequest } from 'node:http'
import { TLSSocket } from 'node:tls'

/** Durations in ms. */
export interface HttpLimits {
  /** To a connection, with looking up the name. Default: 5 s. */
  readonly connect: number
  /** From there to a secure one. Default: 10 s. */
  readonly tls: number
  /** From a connection to the answer's headers. Default: 30 s. */
  readonly headers: number
  /** For all of it. A receiver that answers a byte a second is one that does not answer. Default: 60 s. */
  readonly total: number
  /** Bytes of an answer, after decompression. Default: 4 MiB. */
  readonly answerBytes: number
}

/** Ends a request whose present phase takes too long, with an error that names the phase. */
export class PhaseTimer {
  private phase: NodeJS.Timeout | undefined
  private readonly total: NodeJS.Timeout

  constructor(
    private readonly request: ClientRequest,
    limits: HttpLimits,
  ) {
    this.total = setTimeout(() => this.fail('a whole answer', limits.total), limits.total)
    request.once('socket', socket => {
      if (!socket.connecting) return this.begin('headers', limits.headers)
      this.begin('a connection', limits.connect)
      const secure = socket instanceof TLSSocket
      socket.once('connect', () => {
        if (secure) this.begin('a TLS handshake', limits.tls)
        else this.begin('headers', limits.headers)
      })
      socket.once('secureConnect', () => this.begin('headers', limits.headers))
    })
  }

  /** The headers are there. */
  headers(): void {
    clearTimeout(this.phase)
  }

  end(): void {
    clearTimeout(this.phase)
    clearTimeout(this.total)
  }

  private begin(what: string, ms: number): void {
    clearTimeout(this.phase)
    if (this.request.destroyed) return
    this.phase = setTimeout(() => this.fail(what, ms), ms)
  }

  private fail(what: string, ms: number): void {
    this.request.destroy(
      Object.assign(new Error(`no ${what.replace(/^a /, '')} within ${ms} ms`), { code: 'ETIMEDOUT' }),
    )
  }
}

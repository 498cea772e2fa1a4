import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { DeliveryError } from './outcome'
import { type TlsOptions, tlsSettings } from './tls'

export interface TcpClientOptions {
  readonly host: string
  readonly port: number
  /** Speaks TLS if given. */
  readonly tls?: TlsOptions | undefined
  readonly limits?: Partial<TcpLimits> | undefined
}

/** Durations in ms. */
export interface TcpLimits {
  /** To a connection, with looking up the name. Default: 5 s. */
  readonly connect: number
  /** From there to a secure one. Default: 10 s. */
  readonly tls: number
  /** For the operating system to take what is written. Default: 30 s. */
  readonly write: number
  /** At the end: for the other side to close, which tells that it has read to the end. Default: 1 s. */
  readonly end: number
}

/**
 * One connection that is made when it is first needed, and again when it broke. A protocol without acknowledgement: what
 * was written is with the operating system, and may be lost there if the connection breaks.
 */
export class TcpClient {
  private socket: Promise<Socket> | undefined
  private readonly limits: TcpLimits

  constructor(private readonly options: TcpClientOptions) {
    this.limits = { ...TCP_LIMITS, ...options.limits }
  }

  /** Resolves when the operating system has taken all of it. */
  async write(data: string | Buffer, signal: AbortSignal): Promise<void> {
    this.socket ??= this.open()
    const opening = this.socket
    const socket = await opening.catch(error => {
      this.forget(opening)
      throw error
    })
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error): void => {
        over()
        this.forget(opening)
        socket.destroy()
        reject(error)
      }
      const timer = setTimeout(() => fail(new Error(`not taken within ${this.limits.write} ms`)), this.limits.write)
      const abort = (): void => fail(new Error('given up'))
      const broke = (): void => fail(Object.assign(new Error('the connection broke'), { code: 'ECONNRESET' }))
      const over = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', abort)
        socket.removeListener('error', fail)
        socket.removeListener('close', broke)
      }
      socket.once('error', fail)
      socket.once('close', broke)
      signal.addEventListener('abort', abort, { once: true })
      if (signal.aborted || socket.destroyed) return signal.aborted ? abort() : broke()
      socket.write(data, error => {
        if (error) return fail(error)
        over()
        resolve()
      })
    })
  }

  /**
   * As `write`, and then watches for a moment whether the other side hangs up, or answers: a receiver of lines does
   * neither. Resolves with what was seen; throws when it hung up, or spoke of itself as something else.
   */
  async check(data: string | Buffer, signal: AbortSignal): Promise<readonly string[]> {
    await this.write(data, signal)
    const socket = await this.socket
    if (socket === undefined) throw hungUp()
    const answer = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(resolve, this.limits.end, '')
      socket.once('data', part => resolve(part.toString('latin1', 0, 200)))
      socket.once('error', reject)
      socket.once('close', () => reject(hungUp()))
      socket.once('end', () => reject(hungUp()))
      signal.addEventListener('abort', () => reject(new Error('given up')), { once: true })
      socket.once('close', () => clearTimeout(timer))
    })
    if (/^HTTP\/\d/.test(answer)) throw new DeliveryError('hold', 'it speaks HTTP: is the port right?')
    return [this.options.tls === undefined ? 'connected' : 'connected, with TLS']
  }

  /** Ends the connection and waits, for a bounded time, until the other side has read to the end. */
  async close(): Promise<void> {
    const socket = await this.socket?.catch(() => undefined)
    if (socket === undefined || socket.destroyed) return
    await new Promise<void>(resolve => {
      const timer = setTimeout(() => socket.destroy(), this.limits.end)
      socket.once('close', () => {
        clearTimeout(timer)
        resolve()
      })
      socket.end()
    })
  }

  private open(): Promise<Socket> {
    const { host, port, tls } = this.options
    const address = { host, port, keepAlive: true, noDelay: true }
    const socket =
      tls === undefined ? connectTcp(address) : connectTls({ ...serverName(host), ...address, ...tlsSettings(tls) })
    const opening = new Promise<Socket>((resolve, reject) => {
      let timer = this.limit(socket, 'connection', this.limits.connect)
      const done = (): void => {
        clearTimeout(timer)
        // A connection that does nothing does not keep the process alive; a write that is under way does.
        socket.unref()
        resolve(socket)
      }
      socket.once('connect', () => {
        clearTimeout(timer)
        if (tls === undefined) done()
        else timer = this.limit(socket, 'TLS handshake', this.limits.tls)
      })
      if (tls !== undefined) socket.once('secureConnect', done)
      socket.on('error', error => {
        clearTimeout(timer)
        reject(error)
      })
      socket.once('close', () => {
        clearTimeout(timer)
        // After an error that has been told; otherwise the other side hung up before it was ready.
        reject(hungUp())
        this.forget(opening)
      })
      // What a receiver of lines says is nothing to us, but it must be read to see it hang up.
      socket.resume()
      socket.once('end', () => this.forget(opening))
    })
    return opening
  }

  private limit(socket: Socket, what: string, ms: number): NodeJS.Timeout {
    return setTimeout(() => socket.destroy(new Error(`no ${what} within ${ms} ms`)), ms)
  }

  private forget(opening: Promise<Socket>): void {
    if (this.socket === opening) this.socket = undefined
  }
}

function hungUp(): Error {
  return Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' })
}

/** TLS has no names for addresses. */
function serverName(host: string): { servername?: string } {
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host }
}

const TCP_LIMITS: TcpLimits = { connect: 5000, tls: 10_000, write: 30_000, end: 1000 }

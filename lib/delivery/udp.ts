import { createSocket, type Socket } from 'node:dgram'
import type { LookupAddress } from 'node:dns'
import { lookup as lookupInSystem } from 'node:dns/promises'
import type { Clock } from './clock'

export interface UdpClientOptions {
  readonly host: string
  readonly port: number
  readonly clock: Clock
  /** Finds the addresses of a host. Default: the system's. */
  readonly lookup?: ((host: string) => Promise<readonly Pick<LookupAddress, 'address' | 'family'>[]>) | undefined
}

/**
 * Datagrams to one receiver, which tells nothing of them. What can be known is: that nobody listens there, because the
 * receiver's system says so. The name is looked up again every minute, and after each failure, when the next of its
 * addresses is tried: there is no connection that would break when it moves.
 */
export class UdpClient {
  private socket: Promise<UdpSocket> | undefined
  private openedAt = 0
  private failures = 0

  constructor(private readonly options: UdpClientOptions) {}

  /**
   * Resolves when the operating system has sent all of them, and nobody has said yet that they cannot be delivered. They
   * go in bursts with pauses between, 16,000 a second at most: what a receiver has no room for it drops without a word.
   */
  async send(datagrams: Iterable<Buffer>, signal: AbortSignal): Promise<void> {
    const { clock } = this.options
    const socket = await this.ready()
    try {
      let burst = 0
      for (const datagram of datagrams) {
        if (signal.aborted) throw new Error('given up')
        await socket.send(datagram)
        burst += Math.max(datagram.length, LEAST_COST)
        if (burst < BURST) continue
        burst = 0
        await clock.wait(PAUSE_MS)
      }
      await socket.settled()
    } catch (error) {
      this.failures++
      this.close()
      throw error
    }
  }

  close(): void {
    const { socket } = this
    this.socket = undefined
    void socket?.then(
      open => open.close(),
      () => {},
    )
  }

  private ready(): Promise<UdpSocket> {
    const now = this.options.clock.now()
    if (this.socket !== undefined && now - this.openedAt >= LOOKUP_MS) this.close()
    if (this.socket !== undefined) return this.socket
    this.openedAt = now
    const opening = this.open()
    this.socket = opening
    opening.catch(() => {
      this.failures++
      if (this.socket === opening) this.socket = undefined
    })
    return opening
  }

  private async open(): Promise<UdpSocket> {
    const { host, port, lookup = allAddresses } = this.options
    const addresses = await lookup(host)
    const { address, family } = addresses[this.failures % addresses.length]!
    return UdpSocket.connect(family === 6 ? 'udp6' : 'udp4', address, port)
  }
}

const allAddresses = (host: string): Promise<LookupAddress[]> => lookupInSystem(host, { all: true })

/** A socket that is bound to one receiver, so that the system tells of what comes back from there. */
class UdpSocket {
  private failure: Error | undefined

  private constructor(private readonly socket: Socket) {
    socket.on('error', error => {
      this.failure = error
    })
  }

  static connect(type: 'udp4' | 'udp6', address: string, port: number): Promise<UdpSocket> {
    const socket = createSocket(type)
    return new Promise((resolve, reject) => {
      socket.once('error', error => {
        reject(error)
        socket.close()
      })
      socket.connect(port, address, () => {
        socket.removeAllListeners('error')
        socket.unref()
        resolve(new UdpSocket(socket))
      })
    })
  }

  async send(datagram: Buffer): Promise<void> {
    if (this.failure !== undefined) throw this.failure
    await new Promise<void>((resolve, reject) => {
      this.socket.send(datagram, error => (error === null ? resolve() : reject(error)))
    })
  }

  /** A refusal of a nearby receiver is there once the loop has looked at its sockets: between two check phases. */
  async settled(): Promise<void> {
    await new Promise(resolve => setImmediate(() => setImmediate(resolve)))
    if (this.failure !== undefined) throw this.failure
  }

  close(): void {
    this.socket.close()
  }
}

const LOOKUP_MS = 60_000
/** An eighth of what a receiver's socket holds by default on Linux, where a small datagram takes as much room as one of 1 KiB. */
const BURST = 32 * 1024
const PAUSE_MS = 2
const LEAST_COST = 1024

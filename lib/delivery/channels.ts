import { channel } from 'node:diagnostics_channel'

/** Published on the channel `hewn:delivery:sent`: a request whose lines, or some of them, were acknowledged. */
export interface SentMessage {
  readonly transport: string
  readonly lines: number
  readonly bytes: number
  /** From the beginning of the request to its answer. */
  readonly ms: number
}

/** On `hewn:delivery:retry`: lines that are to be sent again. */
export interface RetryMessage {
  readonly transport: string
  readonly lines: number
  readonly reason: string
  /** Before the next try. */
  readonly pauseMs: number
}

/** On `hewn:delivery:dead`: a line that was set aside. */
export interface DeadMessage {
  readonly transport: string
  readonly id: string
  readonly reason: string
}

/** On `hewn:delivery:state`: a transport is up, down or held. */
export interface StateMessage {
  readonly transport: string
  readonly state: string
  readonly reason: string | undefined
}

/** Nothing is made or published while nobody listens. A listener that throws is Node's to report, as on any channel. */
const channels = {
  sent: channel('hewn:delivery:sent'),
  retry: channel('hewn:delivery:retry'),
  dead: channel('hewn:delivery:dead'),
  state: channel('hewn:delivery:state'),
}

interface Messages {
  sent: SentMessage
  retry: RetryMessage
  dead: DeadMessage
  state: StateMessage
}

export type ChannelName = keyof Messages

/** In the delivery thread: takes what the application listens to. */
let relay: { readonly names: readonly ChannelName[]; take(name: ChannelName, message: object): void } | undefined

export function publish<Name extends ChannelName>(name: Name, message: Messages[Name]): void {
  if (channels[name].hasSubscribers) channels[name].publish(message)
  if (relay?.names.includes(name) === true) relay.take(name, message)
}

/** Hands what is published on these channels to another thread as well. */
export function relayTo(names: readonly ChannelName[], take: (name: ChannelName, message: object) => void): void {
  relay = { names, take }
}

/** The channels that somebody in this thread listens to. */
export function listenedTo(): ChannelName[] {
  return (Object.keys(channels) as ChannelName[]).filter(name => channels[name].hasSubscribers)
}

import { isatty } from 'node:tty'
import type { SpoolSettings } from './delivery/spool-schema'
import { inDeliveryThread } from './delivery/thread-protocol'
import { colorDepth, prettyLine, wantsColor } from './layouts/pretty'
import { parseDuration } from './levels/duration'
import { type LevelTable, STANDARD_LEVELS } from './levels/levels'
import type { Destination } from './output/custom'
import {
  type FileSinkOptions,
  openDestination,
  openFile,
  openStdout,
  type SinkHost,
  type StdoutSinkOptions,
} from './output/open'
import { parseSize } from './output/rotation/size'
import type { Sink } from './output/sink'
import { Outputs, type Route, thresholdOf } from './outputs'
import { HewnError } from './problem'
import { isNetwork, type NamedTransport, type TransportDescription, withNames } from './transport'

/** What opening needs to know beyond a transport's own options. */
export interface OutputSettings {
  readonly transports: readonly TransportDescription[]
  readonly destination?: Destination | undefined
  readonly durability: 'turn' | 'line'
  readonly exitTimeout: number
  readonly signals: boolean
  readonly lossLine: SinkHost['lossLine']
  readonly levels?: LevelTable
  readonly network: NetworkSettings
}

/** What only network transports need to know. */
export interface NetworkSettings {
  readonly layout: string | undefined
  readonly service: string | undefined
  readonly spool: SpoolSettings | undefined
  readonly closeTimeout: number
}

/**
 * Opens every transport, now: a file is there when this returns. What `before` has open already, by the same
 * description, is taken over as it is. Throws what opening throws, after closing what it opened.
 */
export function openOutputs(settings: OutputSettings, before?: Outputs): Outputs {
  // hewn is inert in its own delivery thread: what a transport logs there must not come back to it.
  if (inDeliveryThread()) return new Outputs([])
  const routes: Route[] = []
  const opened: Route[] = []
  const open = (key: unknown, make: () => Route): void => {
    const kept = before?.routes.find(route => route.key === key && route.sink.stats().state !== 'closed')
    const route = kept ?? make()
    if (kept === undefined) opened.push(route)
    routes.push(route)
  }
  try {
    const { destination } = settings
    if (destination !== undefined) open(destination, () => destinationRoute(destination, settings))
    const transports = withNames(settings.transports)
    const network = transports.filter(isNetwork)
    if (network.length > 0) {
      // At the first use: a logger without network transports loads none of it.
      const { openSpool, spoolKey } = require('./open-spool') as typeof import('./open-spool')
      open(spoolKey(network, settings), () => openSpool(network, settings))
    }
    for (const description of transports.filter(each => !isNetwork(each))) {
      const key = keyOf(description, settings)
      open(key, () => openRoute(description, key, settings))
    }
  } catch (error) {
    for (const { sink } of opened) void sink.close(0)
    throw error
  }
  return new Outputs(routes)
}

/** Two descriptions of one key are one output. */
function keyOf(description: TransportDescription, { durability, exitTimeout, signals }: OutputSettings): string {
  return JSON.stringify([Object.entries(description).sort(), durability, exitTimeout, signals])
}

function destinationRoute(destination: Destination, settings: OutputSettings): Route {
  const sink = openDestination(destination, hostFor('destination', settings))
  return { name: 'destination', key: destination, threshold: 0, min: 0, sink }
}

function openRoute(description: TransportDescription, key: string, settings: OutputSettings): Route {
  const name = description.name ?? description.type
  const levels = settings.levels ?? STANDARD_LEVELS
  const threshold = thresholdOf(description.level, levels)
  return { name, key, threshold, min: threshold, sink: openLocal({ ...description, name }, settings) }
}

function hostFor(name: string, { durability, exitTimeout, signals, lossLine }: OutputSettings): SinkHost {
  return { name, durability, exitTimeout, signals, lossLine }
}

function openLocal(description: NamedTransport, settings: OutputSettings): Sink {
  const host = hostFor(description.name, settings)
  switch (description.type) {
    case 'file':
      return fileSink(description as FileDescription, host)
    case 'pretty':
      return prettySink(host)
    case 'spool': {
      const { openSidecarSpool } = require('./sidecar-spool') as typeof import('./sidecar-spool')
      return openSidecarSpool(description, settings)
    }
    default:
      return openStdout(description as TransportDescription & StdoutSinkOptions, host)
  }
}

type FileDescription = TransportDescription &
  Omit<FileSinkOptions, 'maxAge'> & { readonly maxAge?: string | number | undefined }

function fileSink({ maxAge, ...options }: FileDescription, host: SinkHost): Sink {
  if (maxAge === undefined) return openFile(options, host)
  const ms = parseDuration(maxAge, `${host.name} maxAge`)
  if (typeof ms === 'object') throw new HewnError([ms])
  return openFile({ ...options, maxAge: ms }, host)
}

/**
 * How long a line may be: no longer than the smallest file that it has to fit into, so that a file that is rotated by
 * size never has to be larger. What is too long is cut and marked, as by `maxLineBytes` itself.
 */
export function lineLimit(maxLineBytes: number, transports: readonly TransportDescription[]): number {
  const sizes = transports.map(({ maxSize }: TransportDescription & { maxSize?: unknown }) =>
    typeof maxSize === 'string' || typeof maxSize === 'number' ? parseSize(maxSize, '') : maxLineBytes,
  )
  return Math.min(maxLineBytes, ...sizes.filter(size => typeof size === 'number'))
}

/** Standard output again, with each line rendered for people on the way. */
function prettySink(host: SinkHost): Sink {
  const terminal = isatty(1)
  const options = {
    colors: wantsColor(process.env, terminal),
    colorDepth: colorDepth(process.env),
    cwd: process.cwd(),
    // Read for each line: a window is resized. Only a terminal's, because asking makes Node open a stream.
    get columns() {
      return terminal ? process.stdout.columns : 100
    },
  }
  const sink = openStdout({}, { ...host, lossLine: loss => prettyLine(host.lossLine(loss), options) })
  const write = sink.write.bind(sink)
  sink.write = (line, level, now) => write(prettyLine(line, options), level, now)
  return sink
}

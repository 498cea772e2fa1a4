import { prettyLine, wantsColor } from './layouts/pretty'
import { type LevelTable, STANDARD_LEVELS } from './levels/levels'
import type { Destination } from './output/custom'
import { openDestination, openFile, openStdout, type SinkHost, type StdoutSinkOptions } from './output/open'
import type { Sink } from './output/sink'
import { Outputs, type Route } from './outputs'
import type { TransportDescription } from './transport'

/** What opening needs to know beyond a transport's own options. */
export interface OutputSettings {
  readonly transports: readonly TransportDescription[]
  readonly destination?: Destination | undefined
  readonly durability: 'turn' | 'line'
  readonly exitTimeout: number
  readonly signals: boolean
  readonly lossLine: SinkHost['lossLine']
  readonly levels?: LevelTable
}

/** Opens every transport, now: a file is there when this returns. Throws what opening throws, after closing the others. */
export function openOutputs(settings: OutputSettings): Outputs {
  const routes: Route[] = []
  try {
    if (settings.destination !== undefined) routes.push(destinationRoute(settings.destination, settings))
    for (const description of settings.transports) routes.push(openRoute(description, settings))
  } catch (error) {
    for (const { sink } of routes) void sink.close(0)
    throw error
  }
  return new Outputs(routes)
}

function destinationRoute(destination: Destination, settings: OutputSettings): Route {
  return { name: 'destination', min: 0, sink: openDestination(destination, hostFor('destination', settings)) }
}

function openRoute(description: TransportDescription, settings: OutputSettings): Route {
  const name = description.name ?? description.type
  const levels = settings.levels ?? STANDARD_LEVELS
  const min = description.level === undefined ? 0 : (levels.number(description.level) ?? 0)
  return { name, min, sink: openSink(description, hostFor(name, settings)) }
}

function hostFor(name: string, { durability, exitTimeout, signals, lossLine }: OutputSettings): SinkHost {
  return { name, durability, exitTimeout, signals, lossLine }
}

function openSink(description: TransportDescription, host: SinkHost): Sink {
  switch (description.type) {
    case 'file':
      return openFile(description as TransportDescription & { path: string }, host)
    case 'pretty':
      return prettySink(host)
    default:
      return openStdout(description as TransportDescription & StdoutSinkOptions, host)
  }
}

/** Standard output again, with each line rendered for people on the way. */
function prettySink(host: SinkHost): Sink {
  const options = { colors: wantsColor(process.env, process.stdout.isTTY), columns: process.stdout.columns ?? 100 }
  const sink = openStdout({ durability: 'line' }, { ...host, lossLine: (loss) => prettyLine(host.lossLine(loss), options) })
  const write = sink.write.bind(sink)
  sink.write = (line, level, now) => write(prettyLine(line, options), level, now)
  return sink
}

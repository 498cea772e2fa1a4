import { dirname } from 'node:path'
import { spoolRoot } from './delivery/spool/root'
import { spoolBounds } from './delivery/spool-bounds'
import { STANDARD_LEVELS } from './levels/levels'
import { resolveTransport } from './network-transport'
import type { OutputSettings } from './open-outputs'
import { handleSignals } from './output/signals'
import { type Route, receiverOf } from './outputs'
import { checkSentLayout } from './sent-layout'
import { SpoolOutput } from './spool-output'
import type { NamedTransport } from './transport'

/** Two configurations of one key share what is open: then there is nothing to do. */
export function spoolKey(transports: readonly NamedTransport[], settings: OutputSettings): string {
  const { durability, exitTimeout, signals, network } = settings
  return JSON.stringify([
    transports.map(each => Object.entries(each).sort()),
    durability,
    exitTimeout,
    signals,
    network,
  ])
}

/** Opens the one spool of all network transports of a configuration. Throws a HewnError for options that are wrong. */
export function openSpool(transports: readonly NamedTransport[], settings: OutputSettings): Route {
  const { durability, exitTimeout, signals, lossLine, levels = STANDARD_LEVELS, network } = settings
  const { service = 'default', spool = {}, closeTimeout } = network
  checkSentLayout(network.layout, transports[0]!.name)
  const folder = process.argv[1] === undefined ? process.cwd() : dirname(process.argv[1])
  const resolved = transports.map(each => ({ ...resolveTransport(each, folder), name: each.name }))
  const receivers = transports.map(transport => receiverOf(transport, levels))
  if (signals) handleSignals()
  const { dir, persistent = false, inProcess = false, fsync } = spool
  const sink = new SpoolOutput({
    ...spoolBounds(spool, 'spool'),
    fsync,
    root: spoolRoot(dir, network.service, process.env),
    service,
    transports: resolved,
    receivers,
    durability,
    exitTimeout,
    closeTimeout,
    persistent,
    inProcess,
    lossLine,
  })
  const min = Math.min(...receivers.map(receiver => receiver.min))
  const key = spoolKey(transports, settings)
  return { name: 'spool', key, threshold: min, min, sink, shared: { sink, receivers } }
}

import { spoolRoot } from './delivery/spool/root'
import { SpoolSink } from './delivery/spool/sink'
import { spoolBounds } from './delivery/spool-bounds'
import type { SidecarOptions } from './delivery/spool-schema'
import type { OutputSettings } from './open-outputs'
import { handleSignals } from './output/signals'
import type { Sink } from './output/sink'
import type { Durability } from './output/turn'
import { checkSentLayout } from './sent-layout'
import type { NamedTransport } from './transport'

/** Opens a spool that is only written here. Throws a HewnError for options that are wrong; never for what the disk is like. */
export function openSidecarSpool(
  transport: NamedTransport & SidecarOptions & { readonly durability?: Durability },
  settings: OutputSettings,
): Sink {
  const { dir, name, durability = settings.durability, fsync } = transport
  const { service } = settings.network
  checkSentLayout(settings.network.layout, name)
  if (settings.signals) handleSignals()
  return new SpoolSink({
    ...spoolBounds(transport, name),
    fsync,
    name,
    root: spoolRoot(dir, service, process.env),
    role: 'sidecar',
    service: service ?? 'default',
    // The level in force is the route's, which every line has passed.
    routes: [{ name, min: 0 }],
    durability,
    exitTimeout: settings.exitTimeout,
    lossLine: settings.lossLine,
  })
}

import { systemClock } from '../delivery/clock'
import { diagnose } from '../delivery/diagnosis'
import { type LoadedTransport, loadTransport } from '../delivery/load'
import { DeliveryError } from '../delivery/outcome'
import type { Acknowledgement, BatchLine, OpenTransport } from '../delivery/transport'
import { resolveTransport } from '../network-transport'
import { HewnError, type Problem } from '../problem'
import type { TransportDescription } from '../transport'

export interface ReceiverCheck {
  /** For people: what was seen of the receiver. Holds no secret. */
  readonly text: string
  readonly problems: readonly Problem[]
}

/**
 * Opens a network transport as the application in `folder` would, and brings its receiver a test record. Never rejects, and
 * takes half a minute at most.
 */
export async function checkReceiver(
  description: TransportDescription,
  folder: string,
  record: BatchLine,
): Promise<ReceiverCheck> {
  const where = `transport ${description.name ?? description.type}`
  let transport: LoadedTransport
  try {
    transport = await loadTransport(
      resolveTransport({ ...description, name: description.name ?? description.type }, folder),
    )
  } catch (error) {
    const problems =
      error instanceof HewnError
        ? error.problems
        : [{ where, found: (error as Error).message, expected: 'a transport that can be loaded' }]
    return { text: 'its options are wrong', problems }
  }
  const hide = (text: string): string => transport.secrets.hide(text)
  try {
    return { text: hide((await bring(transport, record)).join(', ')), problems: [] }
  } catch (error) {
    const { found, expected } = diagnose(error)
    return { text: 'does not take the test record', problems: [{ where, found: hide(found), expected }] }
  }
}

async function bring(transport: LoadedTransport, record: BatchLine): Promise<readonly string[]> {
  const patience = AbortSignal.timeout(PATIENCE)
  const work = async (): Promise<readonly string[]> => {
    const opened = await transport.open({ clock: systemClock })
    try {
      const seen =
        opened.check === undefined
          ? await send(opened, record, patience)
          : await opened.check(record, { signal: patience })
      return [...seen, ...WORTH[transport.acknowledges]]
    } finally {
      await opened.close()
    }
  }
  // A transport of someone else's may not look at the signal.
  let giveUp: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    giveUp = setTimeout(() => reject(new Error(`no answer within ${PATIENCE} ms`)), PATIENCE)
  })
  return Promise.race([work(), late]).finally(() => clearTimeout(giveUp))
}

async function send(opened: OpenTransport, record: BatchLine, signal: AbortSignal): Promise<readonly string[]> {
  const result = await opened.send({ lines: [record], bytes: record.bytes }, { signal })
  const outcome = result?.items[0] ?? 'ok'
  if (outcome !== 'ok') throw new DeliveryError(outcome.kind, outcome.reason, outcome)
  return []
}

/** What can be said of the record by the acknowledgement alone. */
const WORTH: Readonly<Record<Acknowledgement, readonly string[]>> = {
  'stored with id': [],
  stored: ['has stored the test record'],
  received: ['has received the test record'],
  none: ['the test record is on its way: nothing is ever answered to it'],
}
/** ms. */
const PATIENCE = 30_000

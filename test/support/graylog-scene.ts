import { graylog } from '../../transports/graylog'
import { GOOD } from './certificates'
import { type Delivery, deliveryTo } from './deliveries'
import { type GelfProtocol, GelfReceiver, type GelfReceiverOptions } from './receivers/gelf-receiver'

/** Ten minutes of the pipeline's time, six seconds of ours. */
export const LONG = 600_000

/** A receiver and a pipeline to it, a hundred times as fast as life. */
export async function graylogScene(
  t: { teardown(work: () => Promise<void>): void },
  protocol: GelfProtocol,
  options: GelfReceiverOptions = {},
  more: Partial<Parameters<typeof graylog>[0]> = {},
): Promise<Delivery & { readonly receiver: GelfReceiver; readonly url: string }> {
  const receiver = new GelfReceiver(protocol, options)
  const url = await receiver.start()
  const secure = protocol === 'tls' || protocol === 'https' ? { tls: { ca: GOOD } } : {}
  const bulk = options.bulk === true ? { bulk: true } : {}
  const delivery = await deliveryTo(graylog({ url, ...secure, ...bulk, ...more }))
  t.teardown(async () => {
    await delivery.pipeline.close(0)
    await receiver.stop()
    delivery.remove()
  })
  return { receiver, url, ...delivery }
}

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openHttpGate } from '../gate'
import { messageOf } from '../message'
import type { ReceiverReport } from '../receiver'
import { row, say } from '../say'
import type { Destination, Received } from './destination'

/** A receiver of the demo's own, in a process of its own. */
export async function localDestination(folder: string): Promise<Destination> {
  const child = fork(join(__dirname, '../receiver.js'), [folder])
  const port = await messageOf<number>(child)
  const gate = await openHttpGate(new URL(`http://127.0.0.1:${port}`))
  const report = async (): Promise<ReceiverReport> => {
    const answer = messageOf<ReceiverReport>(child)
    child.send('report')
    return await answer
  }
  return {
    title: 'a small receiver in a process of its own, by HTTP; it stores lines by their id',
    transport: { type: 'http', url: `http://127.0.0.1:${gate.port}` },
    env: {},
    gate,
    worth: { once: true, stored: true },
    async received() {
      const { complaints } = await report()
      if (complaints.length > 0) throw new Error(`the receiver complains: ${complaints[0]}`)
      const lines = readFileSync(join(folder, 'received.ndjson'), 'utf8').split('\n').slice(0, -1)
      return lines.map(line => JSON.parse(line) as Received)
    },
    async epilogue() {
      const { again } = await report()
      row('sent again after a lost answer, told by the id', again)
      say(`\n  What the receiver has: ${join(folder, 'received.ndjson')}`)
    },
    async stop() {
      gate.close()
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

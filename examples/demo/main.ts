/**
 * A service under load, first without logging and then with it; its level is changed while it runs. Then it ships its
 * lines to a receiver, is killed twice and cut off from it, and what it issued is compared with what arrived.
 *
 *     npm run demo
 *     npm run demo -- --elastic http://localhost:9200        (ELASTIC_API_KEY, or user:password in the URL)
 *     npm run demo -- --graylog tcp://localhost:12201 [--graylog-api http://admin:PASSWORD@localhost:9000]
 *     node dist/examples/demo/main.js --seconds 2            shorter; the default is 5
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Destination } from './destinations/destination'
import { elasticDestination } from './destinations/elastic'
import { graylogDestination } from './destinations/graylog'
import { localDestination } from './destinations/local'
import { say } from './say'
import { ship } from './shipping'
import { switchLevels } from './switching'

const OPTIONS = {
  seconds: { type: 'string', default: '5' },
  elastic: { type: 'string' },
  graylog: { type: 'string' },
  'graylog-api': { type: 'string' },
} as const

main().catch((error: Error) => {
  console.error(`the demo has failed: ${error.message}`)
  process.exit(1)
})

async function main(): Promise<void> {
  const { values } = parseArgs({ options: OPTIONS })
  const seconds = Math.max(0.5, Number(values.seconds) || 0)
  const folder = mkdtempSync(join(tmpdir(), 'hewn-demo-'))
  const { elastic, graylog, 'graylog-api': api } = values
  const good =
    elastic !== undefined
      ? await shipOnly(elasticDestination(elastic), folder, seconds)
      : graylog !== undefined
        ? await shipOnly(graylogDestination(graylog, api), folder, seconds)
        : await withoutAggregator(folder, seconds)
  // Whatever a receiver's connection still keeps open: all is told, and the demo is over.
  process.stdout.write('', () => process.exit(good ? 0 : 1))
}

/** All that matters is elsewhere then, unless something is missing there. */
async function shipOnly(destination: Promise<Destination>, folder: string, seconds: number): Promise<boolean> {
  const good = await ship(await destination, folder, seconds)
  if (good) rmSync(folder, { recursive: true, force: true })
  else say(`\nThe spool is in ${folder}.`)
  return good
}

async function withoutAggregator(folder: string, seconds: number): Promise<boolean> {
  const switched = await switchLevels(folder, seconds)
  const shipped = await ship(await localDestination(folder), folder, seconds)
  say(`\nThe files are in ${folder}. What next:\n`)
  say(`  tail -n 3 ${join(folder, 'info', 'service.log')}`)
  say(`  npm run demo -- --elastic http://localhost:9200     # or --graylog tcp://localhost:12201`)
  say('  npm test')
  return switched && shipped
}

import { readFileSync } from 'node:fs'
import { Secrets } from '../delivery/secrets'
import { nearest, type Problem, quote } from '../problem'
import type { TransportDescription } from '../transport'
import { type Arguments, readArguments, textOf } from './arguments'
import { complain } from './complain'
import { HELP } from './help'
import { readSetup, SETUP_OPTIONS } from './setup'

const OPTIONS = {
  ...SETUP_OPTIONS,
  node: { type: 'string' },
  ca: { type: 'string' },
  'data-stream': { type: 'string' },
  index: { type: 'string' },
  service: { type: 'string' },
  retention: { type: 'string' },
  'dry-run': { type: 'boolean' },
} as const

/** Makes in a receiver what its lines need there. Status 1 if it cannot be. */
export async function setup(args: readonly string[]): Promise<number> {
  const read = readArguments(args, OPTIONS)
  if (read.values['help'] === true) {
    process.stdout.write(HELP)
    return 0
  }
  const mistakes = [...read.problems, ...misused(read)]
  if (mistakes.length > 0) return complain(mistakes, 2)
  const { options, problem } = elasticOptions(read.values)
  if (problem !== undefined) return complain([problem], 1)
  try {
    const { setupElastic } = await import('./setup-elastic.js')
    const retention = textOf(read.values['retention']) ?? '30d'
    const service = textOf(read.values['service']) ?? options.service
    return await setupElastic({ ...options, retention, service, dryRun: read.values['dry-run'] === true })
  } catch (error) {
    const found = new Secrets(options).hide(error instanceof Error ? error.message || error.name : String(error))
    return complain(
      [{ where: 'hewn setup elastic', found, expected: 'a cluster that lets us read and write templates' }],
      1,
    )
  }
}

function misused({ values, positionals }: Arguments): Problem[] {
  const problems: Problem[] = []
  const [receiver = '', ...rest] = positionals
  if (receiver !== 'elastic' || rest.length > 0) {
    const found = positionals.length === 0 ? 'nothing behind it' : quote(positionals.join(' '))
    problems.push({ where: 'hewn setup', found, expected: "'elastic'", suggestion: nearest(receiver, ['elastic']) })
  }
  const retention = textOf(values['retention'])
  if (retention !== undefined && !/^[1-9]\d{0,5}[dh]$/.test(retention)) {
    problems.push({ where: '--retention', found: quote(retention), expected: "days or hours, such as '30d'" })
  }
  return problems
}

interface Found {
  readonly options: ElasticSettings
  readonly problem?: Problem | undefined
}

/** What is known of the cluster; all of it plain data. */
export interface ElasticSettings {
  readonly node: string | readonly string[]
  readonly dataStream?: string | undefined
  readonly index?: string | undefined
  readonly apiKey?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly bearerToken?: string | undefined
  readonly tls?: { readonly ca?: string | undefined } | undefined
  readonly service?: string | undefined
}

/** Of the arguments, else of the configuration. Credentials are in the configuration or the environment: others see arguments. */
function elasticOptions(values: Arguments['values']): Found {
  const { config } = readSetup(values, undefined, process.env)
  const transports = (config.transports ?? []) as readonly TransportDescription[]
  const configured = transports.find(({ type }) => type === 'elastic') as Partial<ElasticSettings> | undefined
  const node = textOf(values['node'])
  const apiKey = process.env['ELASTIC_API_KEY']
  const given = node === undefined ? configured : { node, ...(apiKey ? { apiKey } : {}) }
  if (given?.node === undefined) {
    const problem = {
      where: 'hewn setup elastic',
      found: "no transport 'elastic' in the configuration",
      expected: 'one, or --node URL (and ELASTIC_API_KEY in the environment)',
    }
    return { options: { node: '' }, problem }
  }
  const { service } = config as { service?: string }
  const dataStream = textOf(values['data-stream'])
  const index = textOf(values['index'])
  const ca = textOf(values['ca'])
  const named = dataStream === undefined && index === undefined ? {} : { dataStream, index }
  const { node: url, apiKey: key, username, password, bearerToken, tls, ...others } = given
  const options: ElasticSettings = {
    node: url,
    apiKey: key,
    username,
    password,
    bearerToken,
    dataStream: others.dataStream,
    index: others.index,
    ...named,
    tls: ca === undefined ? tls : { ...tls, ca: readFileSync(ca, 'utf8') },
    service,
  }
  return { options }
}

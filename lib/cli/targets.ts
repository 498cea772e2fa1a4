import { dirname, resolve } from 'node:path'
import { BUILT_IN_TYPES } from '../delivery/built-in'
import { type NetworkTransport, resolveTransport } from '../network-transport'
import { HewnError, nearest, type Problem, quote } from '../problem'
import { isNetwork, type NamedTransport, type TransportDescription, withNames } from '../transport'
import { type OptionTable, textOf } from './arguments'
import { SETUP_OPTIONS, type Setup } from './setup'

/** The options of commands that send. */
export const TARGET_OPTIONS = {
  ...SETUP_OPTIONS,
  to: { type: 'string' },
  url: { type: 'string' },
} as const satisfies OptionTable

type Values = Readonly<Record<string, string | boolean | undefined>>

export interface Targets {
  readonly transports: readonly NetworkTransport[]
  readonly problems: readonly Problem[]
}

/**
 * Where to send: with `--url` a built-in transport of the type in `--to`, else the configuration's network transports,
 * of which `--to` may name some. Never throws. Cost: loads the modules of packages.
 */
export function readTargets(values: Values, setup: Setup, command: string): Targets {
  const to = textOf(values['to'])
  const url = textOf(values['url'])
  const { descriptions, problem } =
    url === undefined ? configured(setup, to, command) : { descriptions: [fromUrl(to, url)], problem: misused(to, url) }
  if (problem !== undefined) return { transports: [], problems: [problem] }
  const { found } = setup.loaded
  const folder = found === undefined ? process.cwd() : dirname(resolve(found.path))
  const transports: NetworkTransport[] = []
  const problems: Problem[] = []
  for (const description of descriptions) {
    try {
      transports.push({ ...resolveTransport(description, folder), name: description.name })
    } catch (error) {
      if (!(error instanceof HewnError)) throw error
      problems.push(...error.problems)
    }
  }
  return { transports, problems }
}

function configured(
  setup: Setup,
  to: string | undefined,
  command: string,
): { descriptions: NamedTransport[]; problem?: Problem } {
  const configured = (setup.loaded.config?.transports ?? []) as readonly TransportDescription[]
  const all = withNames(configured).filter(isNetwork)
  const wanted = to?.split(',').map(name => name.trim())
  const unknown = wanted?.find(name => !all.some(transport => transport.name === name))
  const names = all.map(({ name }) => quote(name)).join(', ')
  if (all.length > 0 && unknown !== undefined) {
    const suggestion = nearest(
      unknown,
      all.map(({ name }) => name),
    )
    return { descriptions: [], problem: { where: '--to', found: quote(unknown), expected: names, suggestion } }
  }
  if (all.length === 0) {
    const where = setup.loaded.found === undefined ? 'no configuration' : 'no network transport in the configuration'
    const expected = `one, or --to TYPE --url URL with a type of ${BUILT_IN_TYPES.map(quote).join(', ')}`
    return { descriptions: [], problem: { where: command, found: where, expected } }
  }
  return { descriptions: wanted === undefined ? all : all.filter(({ name }) => wanted.includes(name)) }
}

function misused(to: string | undefined, url: string): Problem | undefined {
  const types = BUILT_IN_TYPES.map(quote).join(', ')
  if (to === undefined) return { where: '--url', found: 'no --to beside it', expected: `--to with one of ${types}` }
  if (!BUILT_IN_TYPES.includes(to)) {
    return { where: '--to', found: quote(to), expected: types, suggestion: nearest(to, BUILT_IN_TYPES) }
  }
  if (URL.canParse(url) && (to !== 'tcp' || /^(?:tcp|tls):$/.test(new URL(url).protocol))) return undefined
  // Not shown: it may hold a password.
  const expected = to === 'tcp' ? "'tcp://host:port' or 'tls://host:port'" : 'a URL'
  return { where: '--url', found: 'something else', expected }
}

/** Credentials are in the URL or in the environment: others see arguments. */
function fromUrl(to: string | undefined, url: string): NamedTransport {
  const type = to ?? ''
  const apiKey = process.env['ELASTIC_API_KEY']
  if (type === 'elastic') return named({ type, node: url, ...(apiKey ? { apiKey } : {}) })
  if (type !== 'tcp' || !URL.canParse(url)) return named({ type, url })
  const { protocol, hostname, port } = new URL(url)
  return named({ type, host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), secure: protocol === 'tls:' })
}

function named<T extends TransportDescription>(description: T): T & { readonly name: string } {
  return { ...description, name: description.type }
}

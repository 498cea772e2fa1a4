import { isObject, type JsonObject } from '../../layouts/json'
import type { Cluster } from './cluster'
import { type Difference, differences } from './difference'
import { DEFAULT_STREAM, streamPart, targetOf } from './target'
import { type Flavour, indexTemplate, lifecyclePolicy, type PolicyWishes, statePolicy } from './template'

export interface ProvisionWishes {
  readonly dataStream?: string | undefined
  readonly index?: string | undefined
  /** Narrows `{service}`; default: all services. */
  readonly service?: string | undefined
  /** Such as `30d`. */
  readonly retention: string
}

/** One thing that a cluster needs, and how it differs from what is there. */
export interface Step {
  /** `index template 'hewn-logs'`. */
  readonly what: string
  readonly state: 'missing' | 'different' | 'as wanted'
  readonly differences: readonly Difference[]
  /** Makes it as wanted. Throws a ProvisionError. */
  apply(): Promise<void>
}

export interface Plan {
  /** `OpenSearch 3.4.0`. */
  readonly server: string
  readonly steps: readonly Step[]
  /** For people: what cannot be done here, or is done later. */
  readonly remarks: readonly string[]
}

export class ProvisionError extends Error {
  override readonly name = 'ProvisionError'
}

/** Looks at a cluster, changes nothing. Throws a ProvisionError, or the system's error when it cannot be reached. */
export async function planProvision(cluster: Cluster, wishes: ProvisionWishes): Promise<Plan> {
  const api = new Api(cluster)
  const { flavour, version } = await serverOf(api)
  const { isStream } = targetOf(wishes)
  const pattern = patternOf(wishes)
  const name = `hewn-${pattern.replaceAll('*', '').replace(/[-._]+$/, '')}`
  const remarks: string[] = []
  const steps: Step[] = []
  const kept = isStream || (wishes.index ?? '').includes('{date}')
  if (!kept) remarks.push('An index that has no date in its name is never deleted by age.')
  const policy = kept ? await policyStep(api, name, { ...wishes, pattern, isStream }, flavour) : undefined
  if (policy !== undefined) steps.push(policy)
  const itself = kept && policy === undefined && flavour === 'elasticsearch' && isStream
  if (kept && policy === undefined && !itself) remarks.push(NO_POLICIES)
  const template = await templateStep(
    api,
    name,
    indexTemplate({
      flavour,
      version,
      pattern,
      isStream,
      policy: policy !== undefined && flavour === 'elasticsearch' ? name : undefined,
      retention: itself ? wishes.retention : undefined,
    }),
  )
  steps.push(template)
  remarks.push(...(await remarksOn(api, pattern, isStream, template.state !== 'as wanted')))
  return { server: `${flavour === 'opensearch' ? 'OpenSearch' : 'Elasticsearch'} ${version}`, steps, remarks }
}

async function serverOf(api: Api): Promise<{ flavour: Flavour; version: string }> {
  const info = await api.get('')
  const version = isObject(info) && isObject(info['version']) ? info['version'] : undefined
  const number = version?.['number']
  if (typeof number !== 'string') throw new ProvisionError('an answer of neither Elasticsearch nor OpenSearch')
  return { flavour: version?.['distribution'] === 'opensearch' ? 'opensearch' : 'elasticsearch', version: number }
}

/** All names that lines may go to. */
function patternOf({ dataStream, index, service }: ProvisionWishes): string {
  const legal = service === undefined ? '*' : index === undefined ? streamPart(service) : service.toLowerCase()
  return (index ?? dataStream ?? DEFAULT_STREAM).replace('{service}', legal).replace(/\{\w+\}/g, '*')
}

async function templateStep(api: Api, name: string, wanted: object): Promise<Step> {
  const path = `_index_template/${name}`
  const answer = await api.get(path)
  const [first] = isObject(answer) && Array.isArray(answer['index_templates']) ? answer['index_templates'] : []
  const found = isObject(first) ? first['index_template'] : undefined
  return step(`index template '${name}'`, wanted, found, ['template.mappings', 'index_patterns'], () =>
    api.put(path, wanted),
  )
}

/** Undefined where the server has no such policies: OpenSearch without its plugin, Elasticsearch as a service without servers. */
function policyStep(api: Api, name: string, wishes: PolicyWishes, flavour: Flavour): Promise<Step | undefined> {
  return flavour === 'elasticsearch'
    ? lifecycleStep(api, name, lifecyclePolicy(wishes))
    : stateStep(api, name, statePolicy(wishes))
}

async function lifecycleStep(api: Api, name: string, wanted: object): Promise<Step | undefined> {
  const path = `_ilm/policy/${name}`
  if (!(await api.has('_ilm/policy'))) return undefined
  const answer = await api.get(path)
  const found = isObject(answer) ? answer[name] : undefined
  const known = isObject(found) ? { policy: found['policy'] } : undefined
  return step(`lifecycle policy '${name}'`, wanted, known, [], () => api.put(path, wanted))
}

async function stateStep(api: Api, name: string, wanted: object): Promise<Step | undefined> {
  const path = `_plugins/_ism/policies/${name}`
  if (!(await api.has('_plugins/_ism/policies'))) return undefined
  const found = await api.get(path)
  const state = isObject(found) ? found : undefined
  // Changing one asks for the version that was looked at.
  const version = state && `?if_seq_no=${state['_seq_no']}&if_primary_term=${state['_primary_term']}`
  const known = state && { policy: state['policy'] }
  return step(`state policy '${name}'`, wanted, known, [], () => api.put(`${path}${version ?? ''}`, wanted))
}

function step(
  what: string,
  wanted: object,
  found: unknown,
  exact: readonly string[],
  apply: () => Promise<void>,
): Step {
  if (found === undefined) return { what, state: 'missing', differences: [], apply }
  const different = differences(wanted, found, exact)
  return { what, state: different.length === 0 ? 'as wanted' : 'different', differences: different, apply }
}

async function remarksOn(api: Api, pattern: string, isStream: boolean, changes: boolean): Promise<string[]> {
  const answer = (await api.get(`_resolve/index/${pattern}`)) as JsonObject | undefined
  const names = (key: string): string[] => {
    const list = answer?.[key]
    return Array.isArray(list)
      ? list
          .filter(isObject)
          .filter(item => item['data_stream'] === undefined)
          .map(nameOf)
      : []
  }
  const [indices, streams] = [names('indices'), names('data_streams')]
  const remarks: string[] = []
  if (isStream && indices.length > 0) {
    remarks.push(
      `${indices.join(', ')}: made as an index before there was a template; delete it, or copy it into a data stream.`,
    )
  }
  if (changes && streams.length > 0) {
    remarks.push(`${streams.join(', ')}: what changes in the template holds from the next rollover on.`)
  }
  return remarks
}

function nameOf(item: JsonObject): string {
  return String(item['name'])
}

class Api {
  constructor(private readonly cluster: Cluster) {}

  /** Undefined for what is not there. */
  async get(path: string): Promise<unknown> {
    const { status, body } = await this.ask('GET', path)
    if (status === 404) return undefined
    if (status >= 300) throw new ProvisionError(refused('GET', path, status, body))
    return parse(body)
  }

  /** Whether the server knows of such a thing at all. */
  async has(path: string): Promise<boolean> {
    const { status, body } = await this.ask('GET', path)
    if (status < 300) return true
    if (status === 401 || status === 403) throw new ProvisionError(refused('GET', path, status, body))
    return status === 404 && !body.includes('no handler found')
  }

  async put(path: string, wanted: object): Promise<void> {
    const { status, body } = await this.ask('PUT', path, JSON.stringify(wanted))
    if (status >= 300) throw new ProvisionError(refused('PUT', path, status, body))
  }

  private ask(method: 'GET' | 'PUT', path: string, body?: string): Promise<{ status: number; body: string }> {
    return this.cluster.request({ method, path, body, contentType: 'application/json', signal: NEVER })
  }
}

const NO_POLICIES = 'This server has no policies for the life of an index: nothing is deleted by age.'
const NEVER = new AbortController().signal

function refused(method: string, path: string, status: number, body: string): string {
  const answer = parse(body)
  const error = isObject(answer) ? answer['error'] : undefined
  const reason = isObject(error) ? error['reason'] : error
  return `status ${status} for ${method} /${path}${typeof reason === 'string' ? `: ${reason.slice(0, 500)}` : ''}`
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

import { ECS_FIELDS, type EcsField } from '../../layouts/ecs-types'

export type Flavour = 'elasticsearch' | 'opensearch'

/** What an index template says of documents of ours. */
export interface TemplateWishes {
  readonly flavour: Flavour
  /** `8.19.1`. */
  readonly version: string
  /** Names of data streams or indices, with `*`. */
  readonly pattern: string
  readonly isStream: boolean
  /** The lifecycle policy of Elasticsearch that its indices follow, if any. */
  readonly policy?: string | undefined
  /** How long the data stream itself keeps documents, where there are no such policies. */
  readonly retention?: string | undefined
}

/**
 * An index template whose mappings neither explode nor refuse: fields of the schema keep their objects; an object that
 * the schema does not know is one field, however many keys it has; a value of another type than the first is left out
 * of the index, and the document is stored.
 */
export function indexTemplate(wishes: TemplateWishes): object {
  const { flavour, version, pattern, isStream, policy, retention } = wishes
  const elasticsearch = flavour === 'elasticsearch'
  return {
    index_patterns: [pattern],
    // Above Elasticsearch's own logs-*-* with 100, below those of its integrations with 200.
    priority: 150,
    ...(isStream ? { data_stream: {} } : {}),
    template: {
      settings: {
        'index.codec': 'best_compression',
        'index.mapping.ignore_malformed': 'true',
        'index.mapping.total_fields.limit': '1000',
        ...(elasticsearch && isAtLeast(version, 8, 14)
          ? { 'index.mapping.total_fields.ignore_dynamic_beyond_limit': 'true' }
          : {}),
        ...(policy === undefined ? {} : { 'index.lifecycle.name': policy }),
      },
      mappings: {
        // A text that looks like a date would make a date of its field, and the next text would not fit.
        date_detection: false,
        dynamic_templates: dynamicTemplates(elasticsearch ? 'flattened' : 'flat_object'),
        properties: properties(elasticsearch ? 'flattened' : 'flat_object'),
      },
      ...(retention === undefined ? {} : { lifecycle: { data_retention: retention } }),
    },
    _meta: { managed_by: 'hewn setup elastic' },
  }
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [ours = 0, minors = 0] = version.split('.').map(Number)
  return ours > major || (ours === major && minors >= minor)
}

function dynamicTemplates(flat: string): object[] {
  const keyword = { type: 'keyword', ignore_above: 1024 }
  return [
    {
      objects_of_the_schema: {
        match_mapping_type: 'object',
        match_pattern: 'regex',
        path_match: objectPaths(ECS_FIELDS),
        mapping: { type: 'object' },
      },
    },
    { other_objects: { match_mapping_type: 'object', mapping: { type: flat } } },
    { addresses: { match_mapping_type: 'string', match: 'ip', mapping: { type: 'ip' } } },
    // A number that was whole by chance.
    { numbers: { match_mapping_type: 'long', mapping: { type: 'double' } } },
    { texts: { match_mapping_type: 'string', mapping: keyword } },
  ]
}

/** What every line has, what is a text to search in, and counts that are whole by definition. */
function properties(flat: string): object {
  const keyword = { type: 'keyword', ignore_above: 1024 }
  const text = { type: 'match_only_text' }
  const whole = { type: 'long' }
  return {
    '@timestamp': { type: 'date' },
    message: text,
    labels: { type: flat },
    tags: keyword,
    log: { properties: { level: keyword, logger: keyword } },
    process: { properties: { pid: whole } },
    host: { properties: { hostname: keyword } },
    service: { properties: { name: keyword, environment: keyword, version: keyword } },
    ecs: { properties: { version: keyword } },
    event: {
      properties: {
        sequence: whole,
        duration: whole,
        created: { type: 'date' },
        start: { type: 'date' },
        end: { type: 'date' },
      },
    },
    error: { properties: { type: keyword, code: keyword, message: text, stack_trace: text } },
    trace: { properties: { id: keyword } },
    span: { properties: { id: keyword } },
    transaction: { properties: { id: keyword } },
  }
}

/** A regular expression for all paths of the schema that are objects: `http(\.(request(\.(body))?|response))?|url|…`. */
export function objectPaths(fields: ReadonlyMap<string, EcsField>): string {
  const alternatives: string[] = []
  for (const [name, { inner }] of fields) {
    if (inner === undefined) continue
    const below = objectPaths(inner)
    alternatives.push(below === '' ? name : `${name}(\\.(${below}))?`)
  }
  return alternatives.join('|')
}

/** How long documents are kept. */
export interface PolicyWishes {
  readonly pattern: string
  readonly isStream: boolean
  /** Such as `30d`. */
  readonly retention: string
}

/** Elasticsearch's lifecycle policy. A backing index is closed after a week, and removed `retention` after that. */
export function lifecyclePolicy({ isStream, retention }: PolicyWishes): object {
  const hot = {
    min_age: '0ms',
    actions: { rollover: { max_age: ROLLOVER_AGE, max_primary_shard_size: ROLLOVER_SIZE } },
  }
  return {
    policy: {
      _meta: { managed_by: 'hewn setup elastic' },
      phases: {
        ...(isStream ? { hot } : {}),
        delete: { min_age: retention, actions: { delete: {} } },
      },
    },
  }
}

/** The same for OpenSearch's plugin for index states. */
export function statePolicy({ pattern, isStream, retention }: PolicyWishes): object {
  const rollover = { rollover: { min_index_age: ROLLOVER_AGE, min_primary_shard_size: ROLLOVER_SIZE } }
  const conditions = isStream ? { min_rollover_age: retention } : { min_index_age: retention }
  return {
    policy: {
      description: 'Made by hewn setup elastic.',
      default_state: 'hot',
      states: [
        {
          name: 'hot',
          actions: isStream ? [rollover] : [],
          transitions: [{ state_name: 'delete', conditions }],
        },
        { name: 'delete', actions: [{ delete: {} }], transitions: [] },
      ],
      ism_template: [{ index_patterns: [pattern], priority: 150 }],
    },
  }
}

const ROLLOVER_AGE = '7d'
const ROLLOVER_SIZE = '50gb'

import { type Distribution, missingServer, type SearchServer, type Settings, startServer } from './search-server'

/** Why it cannot be had here; undefined if it can. The first call downloads some 100 MB, once for good. */
export function missing(version: string): string | undefined {
  return missingServer(elasticsearch(version))
}

/** Starts one; it must not be `missing`. Without security, unless the settings say otherwise. */
export function startElasticsearch(version: string, settings: Settings = {}): Promise<SearchServer> {
  return startServer(elasticsearch(version), settings)
}

/**
 * The minimal distribution, which is published for the tests of plugins. It has the bulk and search of the server, data
 * streams as targets of a template, and security; not `GET /`, the policies of the life of an index, nor the requests
 * that show a data stream: those are modules, which are nowhere but in Elastic's own repository.
 */
function elasticsearch(version: string): Distribution {
  return {
    name: 'Elasticsearch',
    version,
    artifact: `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${version}:zip`,
    folder: `elasticsearch-${version}`,
    program: 'bin/elasticsearch',
    prefix: 'ES',
    runsOn: version.startsWith('8.') ? java => java >= 17 : java => java >= 21,
    settings: { 'xpack.security.enabled': 'false' },
  }
}

import { type Distribution, missingServer, type SearchServer, type Settings, startServer } from './search-server'

export type OpenSearch = SearchServer

/** Why it cannot be had here; undefined if it can. The first call downloads some 130 MB, once for good. */
export function missing(version: string): string | undefined {
  return missingServer(openSearch(version))
}

/** Starts one; it must not be `missing`. Rejects with what it wrote if it does not come up. */
export function startOpenSearch(version: string, settings: Settings = {}): Promise<OpenSearch> {
  return startServer(openSearch(version), settings)
}

/** The minimal distribution, which is published for the tests of plugins: without those for security and policies. */
function openSearch(version: string): Distribution {
  return {
    name: 'OpenSearch',
    version,
    artifact: `org.opensearch.distribution.integ-test-zip:opensearch:${version}:zip`,
    folder: `opensearch-${version}`,
    program: 'bin/opensearch',
    prefix: 'OPENSEARCH',
    // Version 2 asks for a security manager, which Java has no more from 24 on; version 3 for Java 21.
    runsOn: version.startsWith('2.') ? java => java >= 11 && java < 24 : java => java >= 21,
    settings: {},
  }
}

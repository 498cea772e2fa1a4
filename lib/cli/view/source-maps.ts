import { readFileSync, statSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { dirname, isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Larger maps are left alone: they take seconds to read. */
const MAX_BYTES = 33_554_432
const MAX_MAPS = 50

/**
 * Finds where a place of a stack stands in the source, by the map that lies beside its file as `<file>.map`. Whether
 * that map is of the build that logged, nobody can tell. Reads a map once; keeps at most 50. Never throws.
 */
export class SourceMaps {
  private readonly maps = new Map<string, SourceMap | undefined>()

  /** `/srv/dist/a.js:1:2` as `/srv/src/a.ts:3:4`; undefined where there is no map or no such place in it. */
  sourceOf(place: string): string | undefined {
    const [, file = '', line, column] = PLACE.exec(place) ?? []
    // A network path is not looked up: a line in a log must not make this machine ask another one.
    if (!isAbsolute(file) || file.startsWith('\\\\') || file.startsWith('//')) return undefined
    try {
      const entry = this.mapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1)
      if (entry === undefined || !('originalSource' in entry)) return undefined
      return `${sourcePath(file, entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
    } catch {
      return undefined
    }
  }

  private mapOf(file: string): SourceMap | undefined {
    if (this.maps.has(file)) return this.maps.get(file)
    const map = readMap(`${file}.map`)
    const [oldest] = this.maps.keys()
    if (this.maps.size >= MAX_MAPS && oldest !== undefined) this.maps.delete(oldest)
    this.maps.set(file, map)
    return map
  }
}

const PLACE = /^(.+\.[cm]?js):(\d{1,9}):(\d{1,9})$/

function readMap(path: string): SourceMap | undefined {
  try {
    const stat = statSync(path)
    if (!stat.isFile() || stat.size > MAX_BYTES) return undefined
    const payload = JSON.parse(readFileSync(path, 'utf8')) as SourceMapPayload
    const { sourceRoot } = payload
    const sources = sourceRoot
      ? payload.sources.map(source => `${sourceRoot.replace(/\/$/, '')}/${source}`)
      : payload.sources
    return new SourceMap({ ...payload, sources })
  } catch {
    return undefined
  }
}

/** A source is named relative to its map. What bundlers make up (`webpack://shop/src/a.ts`) stays as it is. */
function sourcePath(file: string, source: string): string {
  if (source.startsWith('file://')) return fileURLToPath(source)
  return /^[a-z][a-z\d+.-]+:\/\//i.test(source) ? source : resolve(dirname(file), source)
}

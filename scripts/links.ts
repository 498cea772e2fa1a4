/**
 * Checks that each link of our documents leads to a file that is there and a heading that is in it. Links to
 * other sites are left alone: the check needs no network.
 *
 *     node dist/scripts/links.js
 */
import { existsSync, statSync } from 'node:fs'
import { dirname, join, normalize, resolve } from 'node:path'
import { anchors, documents, links, readDocument } from './markdown'

/** One sentence for each link that leads nowhere. */
export function checkLinks(root: string): string[] {
  return documents(root).flatMap(path => {
    const text = readDocument(root, path)
    return links(text).flatMap(({ target, line }) => {
      if (/^[a-z][a-z+.-]*:/i.test(target)) return []
      const [file = '', fragment] = target.split('#')
      const there = file === '' ? path : normalize(join(dirname(path), decodeURIComponent(file)))
      const place = `${path}:${line}: ${target}`
      if (there.startsWith('..') || !existsSync(join(root, there))) return [`${place}: there is no such file`]
      if (fragment === undefined || statSync(join(root, there)).isDirectory()) return []
      const known = anchors(readDocument(root, there))
      return known.has(fragment) ? [] : [`${place}: no such heading; there are ${[...known].join(', ')}`]
    })
  })
}

function main(): void {
  const complaints = checkLinks(resolve(__dirname, '../..'))
  for (const complaint of complaints) console.error(complaint)
  if (complaints.length > 0) process.exitCode = 1
}

if (require.main === module) main()

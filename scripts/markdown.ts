/** The little of Markdown that the checks of our documents need: fences, links and headings. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Fence {
  readonly language: string
  /** The words after the language: ```ts no-run. */
  readonly marks: readonly string[]
  readonly code: string
  /** Line of the first line of code, from 1. */
  readonly line: number
  /** Text of the `<!-- setup: … -->` comment right before the fence: code that the reader is spared. */
  readonly setup: string
}

export interface Link {
  readonly target: string
  readonly line: number
}

/** The documents of the repository at `root`, as paths below it. */
export function documents(root: string): string[] {
  const top = readdirSync(root).filter(name => name.endsWith('.md'))
  return [...top, ...documentsBelow(root, 'docs'), ...documentsBelow(root, 'examples')].sort()
}

function documentsBelow(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return []
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return names
    .filter(name => name.endsWith('.md') && !name.includes('node_modules'))
    .map(name => `${folder}/${name.replaceAll('\\', '/')}`)
}

export function readDocument(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

export function fences(text: string): Fence[] {
  const found: Fence[] = []
  for (const match of text.matchAll(/(?:^<!-- setup:([\s\S]*?)-->\n+)?^ {0,3}```([^\n`]*)\n([\s\S]*?)^ {0,3}```$/dgm)) {
    const [, setup = '', info = '', code = ''] = match
    const [language = '', ...marks] = info.trim().split(/\s+/)
    const line = text.slice(0, match.indices?.[3]?.[0]).split('\n').length
    found.push({ language, marks, code, line, setup: setup.trim() })
  }
  return found
}

/** Links of the prose, images included; those in code are left out. */
export function links(text: string): Link[] {
  const prose = withoutCode(text)
  const inline = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)]
  const references = [...prose.matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)]
  return [...inline, ...references].map(match => ({
    target: match[1]!,
    line: prose.slice(0, match.index).split('\n').length,
  }))
}

/** The fragments that a document's headings answer to, in the way GitHub makes them. */
export function anchors(text: string): Set<string> {
  const found = new Set<string>()
  const seen = new Map<string, number>()
  for (const [, heading] of withoutFences(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const slug = heading!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-')
    const count = seen.get(slug) ?? 0
    seen.set(slug, count + 1)
    found.add(count === 0 ? slug : `${slug}-${count}`)
  }
  for (const [, id] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) found.add(id!)
  return found
}

function withoutCode(text: string): string {
  return withoutFences(text).replace(/`[^`\n]+`/g, '')
}

/** Line numbers stay as they are. */
function withoutFences(text: string): string {
  return text.replace(/^ {0,3}```[\s\S]*?^ {0,3}```$/gm, block => block.replace(/[^\n]/g, ''))
}

/**
 * Reads the declaration files the compiler writes: enough of their syntax to tell the top-level statements
 * apart and to follow a name to where it is declared. They are regular, since no person writes them.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** One .d.ts file. */
export interface DeclarationFile {
  readonly path: string
  /** A name's declarations, in order: several for an overloaded function. */
  readonly declared: ReadonlyMap<string, readonly string[]>
  /** Local name → where it comes from. */
  readonly imported: ReadonlyMap<string, Origin>
  /** Exported name → where it comes from; without `file`, from this file. */
  readonly exported: ReadonlyMap<string, Origin>
}

export interface Origin {
  readonly name: string
  /** Absolute path, undefined for a name of the same file. */
  readonly file?: string | undefined
  /** The package, for a name that is not ours. */
  readonly external?: string | undefined
}

/** The file's statements, sorted into what they declare, import and export. */
export function readDeclarations(path: string): DeclarationFile {
  const declared = new Map<string, string[]>()
  const imported = new Map<string, Origin>()
  const exported = new Map<string, Origin>()
  for (const statement of statements(stripComments(readFileSync(path, 'utf8')))) {
    const list = /^(import|export)(?: type)?\s*\{([\s\S]*?)\}\s*(?:from\s*['"](.+?)['"])?/.exec(statement)
    const star = /^export \* from\s*['"](.+?)['"]/.exec(statement)
    const declaration =
      /^(export )?(?:declare )?(?:abstract )?(?:function|const|let|class|interface|type|enum|namespace) ([\w$]+)/.exec(
        statement,
      )
    if (list !== null) {
      for (const { outer, inner } of names(list[2]!)) {
        if (list[1] === 'import') imported.set(outer, origin(path, list[3]!, inner))
        else exported.set(outer, list[3] === undefined ? { name: inner } : origin(path, list[3], inner))
      }
    } else if (star !== null) {
      const from = origin(path, star[1]!, '*').file
      if (from === undefined) continue
      for (const name of readDeclarations(from).exported.keys()) exported.set(name, { name, file: from })
    } else if (declaration !== null) {
      const name = declaration[2]!
      declared.set(name, [...(declared.get(name) ?? []), statement.replace(/^export /, '').replace(/^declare /, '')])
      if (declaration[1] !== undefined) exported.set(name, { name })
    }
  }
  return { path, declared, imported, exported }
}

/** `a, type b as c` as pairs of the name inside the module and the name outside. */
function names(list: string): { inner: string; outer: string }[] {
  return list
    .split(',')
    .map(item => item.trim().replace(/^type /, ''))
    .filter(item => item !== '')
    .map(item => {
      const [first, second = first] = item.split(/ as /)
      return { inner: first!, outer: second! }
    })
}

/** Where a specifier written in `path` leads. */
export function origin(path: string, specifier: string, name: string): Origin {
  if (!specifier.startsWith('.')) return { name, external: specifier }
  const base = join(dirname(path), specifier)
  const candidates = [base.replace(/\.(m?)js$/, '.d.$1ts'), `${base}.d.ts`, `${base}/index.d.ts`]
  return { name, file: candidates.find(candidate => /\.d\.m?ts$/.test(candidate) && existsSync(candidate)) }
}

/** Top-level statements, without their closing semicolon. */
function statements(code: string): string[] {
  const found: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < code.length; at++) {
    const char = code[at]!
    if (char === "'" || char === '"' || char === '`') at = endOfString(code, at)
    else if ('{[('.includes(char)) depth++
    else if ('}])'.includes(char)) depth--
    const block =
      char === '}' &&
      /^\s*(export )?(declare )?(abstract )?(class|interface|enum|namespace)\b/.test(code.slice(from, from + 80))
    if (depth > 0 || (char !== ';' && !block)) continue
    found.push(code.slice(from, char === ';' ? at : at + 1).trim())
    from = at + 1
  }
  return found.filter(statement => statement !== '')
}

function endOfString(code: string, at: number): number {
  const quote = code[at]
  let end = at + 1
  while (end < code.length && code[end] !== quote) end += code[end] === '\\' ? 2 : 1
  return end
}

function stripComments(code: string): string {
  return code.replace(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|\/\/.*$/gm, '$1')
}

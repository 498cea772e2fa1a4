import { nearest, type Problem, quote } from '../problem'
import { keyOf, type Path, printPlace } from './path'
import { isSecretKey } from './secrecy'

type Env = Readonly<Record<string, string | undefined>>

export interface Interpolated {
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** The paths (by `keyOf`) of the strings that had a `${…}`: what stands there now is not to be shown. */
  readonly filled: ReadonlySet<string>
  /** Those of them that could not be filled, and stand as they were. */
  readonly unfilled: ReadonlySet<string>
}

/**
 * Puts environment variables into every string of a parsed JSON value: `${NAME}`, `${NAME:-default}` where the
 * variable is unset or empty, `$${` for a `${` that is meant. The value itself is not changed. A name that is unset
 * and has no default is a problem. `place` says where a path stands in the file. Cost: linear in the text.
 */
export function interpolate(value: unknown, env: Env, where: string, place = (path: Path): Path => path): Interpolated {
  const filler = new Filler(env, path => printPlace(where, place(path)))
  const filled = filler.fill(value, [])
  return { value: filled, problems: filler.problems, filled: filler.filled, unfilled: filler.unfilled }
}

class Filler {
  readonly problems: Problem[] = []
  readonly filled = new Set<string>()
  readonly unfilled = new Set<string>()

  constructor(
    private readonly env: Env,
    private readonly place: (path: Path) => string,
  ) {}

  fill(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return value.includes('${') ? this.fillText(value, path) : value
    if (typeof value !== 'object' || value === null) return value
    if (path.length === MAX_DEPTH) {
      const expected = `at most ${MAX_DEPTH} levels of nesting`
      this.problems.push({ where: this.place(path.slice(0, 3)), found: 'more levels of nesting', expected })
      return undefined
    }
    if (Array.isArray(value)) return value.map((item, index) => this.fill(item, [...path, index]))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.fill(item, [...path, key])]))
  }

  private fillText(text: string, path: Path): string {
    let filled = ''
    let from = 0
    for (let at = text.indexOf('${'); at !== -1; at = text.indexOf('${', from)) {
      if (at > from && text[at - 1] === '$') {
        filled += `${text.slice(from, at - 1)}\${`
        from = at + 2
        continue
      }
      const end = text.indexOf('}', at)
      const value = end === -1 ? this.mistake(path, 'a ${ without its }') : this.lookUp(text.slice(at + 2, end), path)
      if (value === undefined) {
        this.unfilled.add(keyOf(path))
        return text
      }
      this.filled.add(keyOf(path))
      filled += text.slice(from, at) + value
      from = end + 1
    }
    return filled + text.slice(from)
  }

  private lookUp(inside: string, path: Path): string | undefined {
    const split = inside.indexOf(':-')
    const name = split === -1 ? inside : inside.slice(0, split)
    if (!NAME.test(name)) {
      const secret = path.some(step => typeof step === 'string' && isSecretKey(step))
      return this.mistake(path, secret ? "what is no variable's name" : `${quote(name)}, which is no variable's name`)
    }
    const fallback = split === -1 ? undefined : inside.slice(split + 2)
    if (fallback?.includes('${') === true) return this.mistake(path, `a \${ inside the default of ${name}`)
    const value = this.env[name]
    if (value !== undefined && (value !== '' || fallback === undefined)) return value
    if (fallback !== undefined) return fallback
    return this.mistake(path, `\${${name}}, which is not set`, nearest(name, Object.keys(this.env)))
  }

  /** The text itself is not shown: it may hold a secret beside the variable. */
  private mistake(path: Path, found: string, suggestion?: string): undefined {
    const expected = 'an environment variable that is set, as in ${NAME}, or ${NAME:-default}'
    this.problems.push({ where: this.place(path), found, expected, suggestion })
    return undefined
  }
}

const NAME = /^[A-Za-z_]\w{0,255}$/
/** A line is cut at 20; this only keeps a hostile file from filling the stack. */
const MAX_DEPTH = 100

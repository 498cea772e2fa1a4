import { type Problem, quote } from '../problem'
import { type Path, printPath } from './validate'

type Env = Readonly<Record<string, string | undefined>>

export interface Interpolated {
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** The paths (`transports.0.apiKey`) of the strings that hold something from the environment. */
  readonly secret: ReadonlySet<string>
}

/**
 * Puts environment variables into every string of a parsed JSON value: `${NAME}`, `${NAME:-default}` where the
 * variable is unset or empty, `$${` for a `${` that is meant. The value itself is not changed. A name that is unset
 * and has no default is a problem, and leaves the option out. Cost: linear in the text.
 */
export function interpolate(value: unknown, env: Env, where: string): Interpolated {
  const filler = new Filler(env, where)
  return { value: filler.fill(value, []), problems: filler.problems, secret: filler.secret }
}

class Filler {
  readonly problems: Problem[] = []
  readonly secret = new Set<string>()

  constructor(
    private readonly env: Env,
    private readonly where: string,
  ) {}

  fill(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return value.includes('${') ? this.fillText(value, path) : value
    if (Array.isArray(value)) return value.map((item, index) => this.fill(item, [...path, index]))
    if (typeof value !== 'object' || value === null) return value
    const filled: [string, unknown][] = Object.entries(value).map(([key, item]) => [key, this.fill(item, [...path, key])])
    return Object.fromEntries(filled.filter(([, item]) => item !== undefined))
  }

  private fillText(text: string, path: Path): string | undefined {
    let filled = ''
    let from = 0
    for (let at = text.indexOf('${'); at !== -1; at = text.indexOf('${', from)) {
      if (text[at - 1] === '$' && at > from) {
        filled += `${text.slice(from, at - 1)}\${`
        from = at + 2
        continue
      }
      const end = text.indexOf('}', at)
      const value = end === -1 ? this.problem(path, text, at, text.length, 'no `}`') : this.lookUp(text, at, end, path)
      if (value === undefined) return undefined
      filled += text.slice(from, at) + value
      from = end + 1
    }
    return filled + text.slice(from)
  }

  private lookUp(text: string, at: number, end: number, path: Path): string | undefined {
    const inside = text.slice(at + 2, end)
    const split = inside.indexOf(':-')
    const name = split === -1 ? inside : inside.slice(0, split)
    if (!NAME.test(name)) return this.problem(path, text, at + 2, end, `${quote(name)}, which is no variable's name`)
    const value = this.env[name]
    if (value !== undefined && (value !== '' || split === -1)) {
      this.secret.add(path.join('.'))
      return value
    }
    return split === -1 ? this.problem(path, text, at + 2, end, `${quote(name)}, which is not set`) : inside.slice(split + 2)
  }

  /** The text is shown: it stands in the file, before anything was put in. */
  private problem(path: Path, text: string, at: number, end: number, found: string): undefined {
    const expected = 'an environment variable that is set, or ${NAME:-default}'
    this.problems.push({ where: `${this.where} ${printPath(path)}`, found, expected, text, at, length: end - at })
    return undefined
  }
}

const NAME = /^[A-Za-z_]\w*$/

import { nameOf } from '../config/find'
import { STANDARD_LEVELS } from '../levels/levels'
import { LevelState } from '../levels/state'
import { type Problem, quote } from '../problem'
import { readArguments } from './arguments'
import { complain } from './complain'
import { HELP } from './help'
import { readSetup, SETUP_OPTIONS, type Setup } from './setup'

/** Says which rule of which layer decides a name's level, by the configuration, the environment and LOG_LEVEL. */
export async function explain(args: readonly string[]): Promise<number> {
  const { values, positionals, problems } = readArguments(args, SETUP_OPTIONS)
  const [name = '', ...conditions] = positionals
  const fields = fieldsOf(conditions)
  const mistakes = [...problems, ...fields.problems]
  if (values['help'] === true) {
    process.stdout.write(HELP)
    return 0
  }
  if (mistakes.length > 0) return complain(mistakes, 2)
  const setup = readSetup(values, undefined, process.env)
  const found: Problem[] = [...setup.loaded.errors, ...setup.loaded.warnings]
  const state = levelsOf(setup, found)
  complain(found, 0)
  const lookup = conditions.length === 0 ? undefined : (field: string): unknown => fields.values.get(field)
  process.stdout.write(`${state.rules.explain(name, lookup).text}\n`)
  return found.length > 0 ? 1 : 0
}

/** The layers that an application has when it starts. */
export function levelsOf({ loaded, defaults, env }: Setup, problems: Problem[]): LevelState {
  const state = new LevelState({ levels: STANDARD_LEVELS, onChange() {} })
  state.setLayer('defaults', 'defaults', defaults.level ?? 'info')
  // Its problems were found when it was loaded.
  if (loaded.found !== undefined) state.setLayer('file', nameOf(loaded.found), loaded.config?.level ?? '')
  problems.push(...state.setLayer('env', 'LOG_LEVEL', env['LOG_LEVEL'] ?? ''))
  return state
}

/** `tenant=acme`, to ask for a call with such fields. */
function fieldsOf(texts: readonly string[]): { values: Map<string, string>; problems: Problem[] } {
  const values = new Map<string, string>()
  const problems: Problem[] = []
  for (const text of texts) {
    const at = text.indexOf('=')
    if (at > 0) values.set(text.slice(0, at), text.slice(at + 1))
    else
      problems.push({
        where: 'hewn explain',
        found: quote(text),
        expected: "a field and its value, such as 'tenant=acme'",
      })
  }
  return { values, problems }
}

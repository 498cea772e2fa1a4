import type { Layout } from '../line/layout'
import type { Problem } from '../problem'
import { HEWN } from './hewn'

/** The formats of a line. */
export type LayoutName = 'hewn' | 'ecs' | 'pino' | 'logfmt'

/** A layout by its name. All but hewn's own are loaded when they are first asked for. */
function layoutOf(name: LayoutName = 'hewn'): Layout {
  switch (name) {
    case 'ecs':
      return (require('./ecs') as typeof import('./ecs')).ECS
    case 'pino':
      return (require('./pino') as typeof import('./pino')).PINO
    case 'logfmt':
      return (require('./logfmt') as typeof import('./logfmt')).LOGFMT
    default:
      return HEWN
  }
}

/** What lines are made in: those that people alone read, of the transport `pretty`, are hewn's own whatever was chosen for the others. */
export function layoutFor(name: LayoutName | undefined, transports: readonly { readonly type: string }[]): Layout {
  const isForPeople = transports.length > 0 && transports.every(({ type }) => type === 'pretty')
  return isForPeople ? HEWN : layoutOf(name)
}

/** What a layout cannot do with the other options: Elasticsearch's `@timestamp` is a date, and of ns it makes none. */
export function layoutProblems({ layout, time }: { layout?: unknown; time?: unknown }, where: string): Problem[] {
  if (layout !== 'ecs' || time === undefined || time === 'iso') return []
  const found = typeof time === 'string' ? `'${time}' beside the layout 'ecs'` : "a function beside the layout 'ecs'"
  return [{ where: `${where} time`, found, expected: "'iso'", suggestion: 'iso' }]
}

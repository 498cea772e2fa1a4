import { type Claim, LINES, MODULE_SYSTEMS, prove, SIGNALS, task } from './cells'
import { HANDLER_LINES, type Handler, LISTENER_LINES, type Target } from './task'

type Signal = (typeof SIGNALS)[number]

const WHERE: Partial<Record<Target, string>> = { 'file turn': 'in the file', pipe: 'through the pipe' }

const DOES: Record<Handler['does'], string> = {
  exit: 'exits',
  raise: 'raises the signal again',
  'raise later': 'raises the signal again in a later turn',
  finish: 'lets the process finish',
}

function withHandler(handler: Handler, end: Signal, to: Target = 'file turn'): Claim {
  const kept = LINES + HANDLER_LINES * (handler.does === 'raise later' ? 2 : 1)
  const listener = `process.${handler.by}() added ${handler.added} hewn's`
  return {
    task: task({ to, end, handler }),
    from: 'CommonJS',
    kept,
    sentence: `${LINES} lines and its own are ${WHERE[to]} when a ${end} listener of ${listener} ${DOES[handler.does]}`,
  }
}

const handlers = (['before', 'after'] as const).flatMap(added =>
  SIGNALS.flatMap(end => [
    withHandler({ added, by: 'on', does: 'exit' }, end),
    withHandler({ added, by: 'on', does: 'finish' }, end),
    withHandler({ added, by: 'once', does: 'exit' }, end),
    withHandler({ added, by: 'once', does: 'finish' }, end),
    withHandler({ added, by: 'once', does: 'raise' }, end),
    withHandler({ added, by: 'once', does: 'raise later' }, end),
  ]),
)

const handlersOnPipe = (['exit', 'raise', 'raise later'] as const).map(does =>
  withHandler({ added: 'after', by: 'once', does }, 'SIGTERM', 'pipe'),
)

function withSignalExit(signalExit: 'before' | 'after', end: Signal | 'exit', to: Target, from: Claim['from']): Claim {
  const sentence = `${LINES} lines are ${WHERE[to]} after ${end} with signal-exit loaded ${signalExit} hewn, from ${from}`
  return { task: task({ to, end, signalExit }), from, kept: LINES, sentence }
}

const signalExit = (['before', 'after'] as const).flatMap(when =>
  (['SIGTERM', 'SIGINT', 'exit'] as const).flatMap(end => [
    ...MODULE_SYSTEMS.map(from => withSignalExit(when, end, 'file turn', from)),
    withSignalExit(when, end, 'pipe', 'CommonJS'),
  ]),
)

/** A listener added after hewn's runs after it: hewn has written everything by then. */
const listeners = (['file turn', 'pipe'] as const).flatMap(to =>
  (['natural', 'exit', 'throw', 'rejection'] as const).map(
    (end): Claim => ({
      task: task({ to, end, listener: 'exit' }),
      from: 'CommonJS',
      kept: LINES + LISTENER_LINES,
      sentence: `${LISTENER_LINES} lines of an 'exit' listener that runs after hewn's are ${WHERE[to]}: ending is ${end}`,
    }),
  ),
)

const lateListeners = (['file turn', 'pipe'] as const).map(
  (to): Claim => ({
    task: task({ to, listener: 'beforeExit' }),
    from: 'CommonJS',
    kept: LINES + LISTENER_LINES,
    sentence: `${LISTENER_LINES} lines of a 'beforeExit' listener that runs after hewn's are ${WHERE[to]}`,
  }),
)

prove([...handlers, ...handlersOnPipe, ...signalExit, ...listeners, ...lateListeners])

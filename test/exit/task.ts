/** How a program of the exit table ends. */
export type Ending =
  | 'natural'
  | 'exit'
  | 'throw'
  | 'rejection'
  | 'SIGTERM'
  | 'SIGINT'
  | 'SIGKILL'
  | 'abort'
  | 'terminate'

export type Target = 'file turn' | 'file line' | 'pipe' | 'socket' | 'destination'

/** The application's own listener to the signal that ends the program. It logs HANDLER_LINES lines, and then: */
export interface Handler {
  readonly added: 'before' | 'after'
  readonly by: 'on' | 'once'
  readonly does: 'exit' | 'raise' | 'raise later' | 'finish'
}

/** What a program of the exit table does: it gets this as JSON, in its first argument. */
export interface Task {
  readonly to: Target
  /** Where a file or a destination writes. */
  readonly path?: string
  readonly lines: number
  readonly start: 'first tick' | 'later'
  readonly end: Ending
  /** The end comes in the turn of the last line, when that turn is over, or when a flush has resolved. */
  readonly at: 'turn' | 'next turn' | 'flush'
  /** The last line is of this level. */
  readonly last?: 'fatal' | undefined
  readonly handler?: Handler | undefined
  /** signal-exit is loaded before or after the first line. */
  readonly signalExit?: 'before' | 'after' | undefined
  /** A listener of the application's, added after the first line, logs LISTENER_LINES lines. */
  readonly listener?: 'exit' | 'beforeExit' | undefined
}

export const HANDLER_LINES = 10
export const LISTENER_LINES = 20

export function taskFromArguments(): Task {
  return JSON.parse(process.argv[2] ?? '') as Task
}

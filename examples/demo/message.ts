import type { ChildProcess } from 'node:child_process'

/** What a process says next. Rejects if it ends without having said it. */
export function messageOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (): void =>
      reject(new Error(`a process of the demo has ended: ${child.spawnargs.slice(1).join(' ')}`))
    child.once('exit', ended)
    child.once('message', message => {
      child.off('exit', ended)
      resolve(message as T)
    })
  })
}

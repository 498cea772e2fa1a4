/**
 * Lets several wait for something or for a call of `wake`, whichever is first. Promise.race with a promise that lives
 * long would add to that promise for as long as it lives; this holds on to nothing once a wait is over.
 */
export class Waker {
  private readonly waiting = new Set<() => void>()

  wake(): void {
    for (const go of [...this.waiting]) go()
  }

  /** Without a promise, waits for `wake` alone. Rejects only if `promise` does so first. */
  until(promise?: Promise<unknown>): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.waiting.delete(done)
        resolve()
      }
      this.waiting.add(done)
      promise?.then(done, error => {
        this.waiting.delete(done)
        reject(error)
      })
    })
  }
}

/** A payment provider as they are: it is slow now and then, and once in a while it refuses. */
export class Payments {
  private slowAt = performance.now() + 500
  private refusesAt = performance.now() + 1200

  /** How many attempts it took. Throws when the provider refuses. */
  charge(cents: number): number {
    const now = performance.now()
    if (now > this.refusesAt) {
      this.refusesAt = now + 2000
      throw new PaymentError(`the provider refused ${cents} cents`)
    }
    if (now < this.slowAt) return 1
    this.slowAt = now + 700
    return 2
  }
}

class PaymentError extends Error {
  override readonly name = 'PaymentError'
  readonly code = 'PROVIDER_REFUSED'
}

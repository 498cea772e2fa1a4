/** What the line says of what `fail` throws. */
export const OUT_OF_ORDER = /thr[eo]w|out of order/i

export function fail(): never {
  throw new TypeError('out of order')
}

export function raise(thrown: unknown): never {
  throw thrown
}

/** A handler each of whose traps throws. */
export function throwingTraps(): ProxyHandler<never> {
  return new Proxy({}, { get: () => fail })
}

export function wall(): object {
  return new Proxy({}, throwingTraps())
}

export function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

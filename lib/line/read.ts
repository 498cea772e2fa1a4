/** What reading a property came to. Kept apart from the value, which may be anything, a proxy that throws at a glance included. */
export interface Outcome {
  readonly threw: boolean
  /** The value, or what was thrown. */
  readonly value: unknown
}

/** Reads a property once. Never throws. */
export function readProperty(from: object, name: string | symbol): Outcome {
  try {
    return { threw: false, value: (from as { readonly [name: string | symbol]: unknown })[name] }
  } catch (error) {
    return { threw: true, value: error }
  }
}

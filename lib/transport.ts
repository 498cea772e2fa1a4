/**
 * A transport as it is written down: what `file({ path })` returns and what the configuration file holds. Plain data,
 * so that it can be compared, validated and sent elsewhere; opening it is another matter.
 */
export interface TransportDescription {
  readonly type: string
  /** Its name in `to:name=level` and in stats(). Default: its type. */
  readonly name?: string | undefined
  /** Lines below this level do not go there. Default: all that the loggers let through. */
  readonly level?: string | undefined
}

/** A description with the name it goes by. */
export type NamedTransport = TransportDescription & { readonly name: string }

/** Each by a name of its own: the second file is `file#2`, in stats(), in rules and in a spool. */
export function withNames(transports: readonly TransportDescription[]): NamedTransport[] {
  const taken = new Set<string>()
  return transports.map(description => {
    const wanted = description.name ?? description.type
    let name = wanted
    for (let n = 2; taken.has(name); n++) name = `${wanted}#${n}`
    taken.add(name)
    return { ...description, name }
  })
}

const LOCAL = new Set(['stdout', 'file', 'pretty', 'spool'])

/** Is it sent by the delivery thread? */
export function isNetwork({ type }: TransportDescription): boolean {
  return !LOCAL.has(type)
}

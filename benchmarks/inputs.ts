import type { Fields } from './contestants/contestant'

/** What a call is given. One kind a case; `fields` is absent where the call is a message alone. */
export type Payload = 'message' | 'field1' | 'field3' | 'other3' | 'field10' | 'error' | 'long' | 'text' | 'deep'

export interface Inputs {
  readonly messages: readonly string[]
  /** One object a call, never the same one twice; empty for `message` and `error`. */
  readonly fields: readonly Fields[]
  readonly errors: readonly Error[]
}

/** So many calls go by before an input comes again. */
export const POOL = 10_000

/**
 * The inputs of one case, the same in every process: who is measured and who checks the far end make them anew.
 * Every string is unique and flat (no contestant pays for a rope it was handed), every object and error is new.
 */
export function makeInputs(payload: Payload, count = POOL): Inputs {
  const random = generator(payload)
  const each = <T>(make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index))
  return {
    messages: each(index => flat(`request ${String(index).padStart(5, '0')} completed`)),
    fields: payload === 'message' || payload === 'error' ? [] : each(() => FIELDS[payload](random)),
    errors: payload === 'error' ? each(() => failure(`order ${hex(random, 8)} refused`, DEPTH)) : [],
  }
}

/** What a child logger holds in the cases that log through one. */
export const BOUND: Fields = { requestId: '4bf92f3577b34da6', tenant: 'acme', region: 'eu-central-1' }

type Random = () => number

const FIELDS: Readonly<Record<Exclude<Payload, 'message' | 'error'>, (random: Random) => Fields>> = {
  field1: random => ({ status: 200 + below(random, 100_000) }),
  field3: random => ({ requestId: hex(random, 16), status: 200 + below(random, 300), ms: tenths(random) }),
  other3: random => ({ user: hex(random, 12), status: 200 + below(random, 300), ms: tenths(random) }),
  field10: random => ({
    requestId: hex(random, 16),
    path: flat(`/orders/${hex(random, 6)}/items`),
    ip: flat(`10.${below(random, 256)}.${below(random, 256)}.${below(random, 65_536)}`),
    user: flat(`user-${hex(random, 8)}`),
    status: 200 + below(random, 300),
    ms: tenths(random),
    bytes: below(random, 1_000_000),
    port: 1024 + below(random, 60_000),
    attempt: 1 + below(random, 3),
    cached: random() < 0.5,
  }),
  long: random => ({ body: characters(random, 2048, 0) }),
  text: random => ({ body: characters(random, 2048, 80) }),
  deep: random => ({ user: user(random), request: request(random), items: [item(random), item(random), item(random)] }),
}

const user = (random: Random): Fields => ({
  id: below(random, 1_000_000),
  name: hex(random, 10),
  email: flat(`${hex(random, 8)}@example.com`),
  password: hex(random, 12),
  roles: [hex(random, 5), hex(random, 7)],
  session: {
    token: hex(random, 24),
    created: below(random, 1_000_000_000),
    device: { os: hex(random, 6), mobile: false },
  },
})

const request = (random: Random): Fields => ({
  method: hex(random, 4),
  url: flat(`/orders/${hex(random, 12)}?page=${below(random, 100)}`),
  headers: {
    host: flat(`${hex(random, 6)}.example.com`),
    accept: flat(`application/${hex(random, 6)}`),
    authorization: flat(`Bearer ${hex(random, 32)}`),
    agent: flat(`agent/${hex(random, 8)} (${hex(random, 8)})`),
  },
  timing: { dns: tenths(random), connect: tenths(random), total: { ms: tenths(random), retries: below(random, 4) } },
})

const item = (random: Random): Fields => ({
  sku: hex(random, 8),
  quantity: 1 + below(random, 9),
  price: { amount: below(random, 10_000) / 100, currency: hex(random, 3) },
  tags: [hex(random, 4), hex(random, 6), hex(random, 5)],
})

const DEPTH = 8

/**
 * An error thrown some calls deep. Its stack is read here: V8 makes the text at the first read, which is V8's work,
 * the same whoever asks, and several times a logger's own.
 */
function failure(message: string, depth: number): Error {
  if (depth > 0) return failure(message, depth - 1)
  const error = new Error(flat(message))
  error.stack = flat(error.stack ?? '')
  return error
}

/** Mulberry32: small, and the same on every Node. */
function generator(seed: string): Random {
  let state = 0
  for (const character of seed) state = (Math.imul(state, 31) + character.charCodeAt(0)) | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const below = (random: Random, bound: number): number => Math.floor(random() * bound)
const tenths = (random: Random): number => below(random, 10_000) / 10
const hex = (random: Random, length: number): string =>
  flat(Array.from({ length }, () => below(random, 16).toString(16)).join(''))

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+ '

/** Text of that length, broken after each `width` characters; 0 for one long word that needs no escaping. */
function characters(random: Random, length: number, width: number): string {
  const bytes = Buffer.allocUnsafe(length)
  for (let i = 0; i < length; i++) {
    bytes[i] = width > 0 && i % width === width - 1 ? 10 : ALPHABET.charCodeAt(below(random, ALPHABET.length))
  }
  return bytes.toString('latin1')
}

function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

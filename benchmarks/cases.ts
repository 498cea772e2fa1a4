import type { ContestantName } from './contestants/all'
import type { Variant } from './contestants/contestant'
import { BOUND, type Payload } from './inputs'

export type Operation = 'message' | 'fields' | 'error' | 'child'

/** One contestant of a case: who, how set up, and under which heading. */
export interface Entrant {
  readonly label: string
  readonly contestant: ContestantName
  readonly variant: Variant
}

export interface Case {
  /** Such as `encode/child-msg`. */
  readonly id: string
  readonly title: string
  readonly target: 'memory' | 'file' | 'stdout'
  readonly operation: Operation
  readonly payload: Payload
  /** Lines in one turn of the event loop; 0 for all in one. */
  readonly burst: number
  readonly entrants: readonly Entrant[]
  /** What hewn should reach, as in docs: times as fast as the entrant of that label. */
  readonly goals: Readonly<Record<string, number>>
}

export const HEWN = 'hewn'
export const FLOOR = 'floor'
export const INSTALLED = 'pino as installed'
export const BEST = 'pino at its best'

const PEERS: readonly ContestantName[] = ['winston', 'bunyan', 'logtape', 'tslog', 'roarr', 'bole', 'log4js']

/** hewn, the floor and pino twice, all with the same variant. */
function four(variant: Variant = {}): Entrant[] {
  return [
    { label: HEWN, contestant: 'hewn', variant },
    { label: FLOOR, contestant: 'floor', variant },
    ...pinos('', variant),
  ]
}

function pinos(suffix: string, variant: Variant): Entrant[] {
  return [
    { label: INSTALLED + suffix, contestant: 'pino', variant },
    { label: BEST + suffix, contestant: 'pino', variant: { ...variant, best: true } },
  ]
}

const peers = (): Entrant[] => PEERS.map(contestant => ({ label: contestant, contestant, variant: {} }))
const goals = (installed: number, best: number) => ({ [INSTALLED]: installed, [BEST]: best })

type Encode = Pick<Case, 'title' | 'operation' | 'payload' | 'entrants' | 'goals'>

function encode(id: string, rest: Encode): Case {
  return { id: `encode/${id}`, target: 'memory', burst: 0, ...rest }
}

export const ENCODE: readonly Case[] = [
  encode('msg', {
    title: 'message',
    operation: 'message',
    payload: 'message',
    entrants: [...four(), ...peers()],
    goals: goals(3, 1.8),
  }),
  encode('field1', {
    title: '1 field',
    operation: 'fields',
    payload: 'field1',
    entrants: four(),
    goals: goals(3, 2),
  }),
  encode('field3', {
    title: '3 fields',
    operation: 'fields',
    payload: 'field3',
    entrants: four(),
    goals: goals(2.5, 1.8),
  }),
  encode('field10', {
    title: '10 fields',
    operation: 'fields',
    payload: 'field10',
    entrants: [...four(), ...peers()],
    goals: goals(2, 1.7),
  }),
  encode('child-msg', {
    title: 'child with 3 bound fields, message',
    operation: 'message',
    payload: 'message',
    entrants: four({ bound: BOUND }),
    goals: goals(3, 1.8),
  }),
  encode('child-field3', {
    title: 'child with 3 bound fields, 3 fields',
    operation: 'fields',
    // Other names than the bound ones, so that nothing is overridden.
    payload: 'other3',
    entrants: four({ bound: BOUND }),
    goals: goals(2.5, 1.8),
  }),
  encode('error', {
    title: 'error with stack',
    operation: 'error',
    payload: 'error',
    entrants: four(),
    goals: goals(1.5, 1.3),
  }),
  encode('long', {
    title: '2 KB string',
    operation: 'fields',
    payload: 'long',
    entrants: four(),
    goals: goals(1.1, 1),
  }),
  encode('text', {
    title: '2 KB of text with line breaks',
    operation: 'fields',
    payload: 'text',
    entrants: four(),
    goals: {},
  }),
  encode('deep', {
    title: 'deep object',
    operation: 'fields',
    payload: 'deep',
    entrants: four(),
    goals: goals(1, 0.95),
  }),
  encode('redacted-field3', {
    title: '3 fields, 3 paths redacted',
    operation: 'fields',
    payload: 'other3',
    entrants: four({ redact: ['user', 'request.headers.authorization', 'card.number'] }),
    goals: {},
  }),
  encode('redacted-deep', {
    title: 'deep object, 3 paths redacted',
    operation: 'fields',
    payload: 'deep',
    entrants: four({ redact: ['user.password', 'user.session.token', 'request.headers.authorization'] }),
    goals: goals(0.6, 0.5),
  }),
  encode('child-creation', {
    title: 'child creation',
    operation: 'child',
    payload: 'field3',
    entrants: four(),
    goals: goals(1.8, 1.8),
  }),
]

/** hewn beside hewn: what a feature adds to a call with 3 fields, at most so many times. */
export const FEATURES: Case = encode('features', {
  title: '3 fields',
  operation: 'fields',
  payload: 'other3',
  entrants: [
    { label: HEWN, contestant: 'hewn', variant: {} },
    { label: FLOOR, contestant: 'floor', variant: {} },
    { label: 'a context present', contestant: 'hewn', variant: { context: BOUND } },
    {
      label: 'redaction of 3 paths',
      contestant: 'hewn',
      variant: { redact: ['password', '*.authorization', 'card.number'] },
    },
    { label: 'a name three deep', contestant: 'hewn', variant: { name: 'app.db.pool', level: 'warn,app.db=info' } },
  ],
  goals: { 'a context present': 1.1, 'redaction of 3 paths': 1.3, 'a name three deep': 1 },
})

/** The same call in other layouts. `user` clashes with the Elastic Common Schema, so the other 3 fields it is. */
export const LAYOUTS: readonly Case[] = (
  [
    ['layout-msg', 'message', 'message'],
    ['layout-field3', '3 fields', 'field3'],
    ['layout-error', 'error with stack', 'error'],
  ] as const
).map(([id, title, payload]) =>
  encode(id, {
    title,
    operation: payload === 'field3' ? 'fields' : payload,
    payload,
    entrants: [
      { label: HEWN, contestant: 'hewn', variant: {} },
      { label: FLOOR, contestant: 'floor', variant: {} },
      { label: 'the layout ecs', contestant: 'hewn', variant: { layout: 'ecs' } },
      { label: 'the layout pino', contestant: 'hewn', variant: { layout: 'pino' } },
    ],
    goals: payload === 'error' ? {} : { 'the layout ecs': 1.1 },
  }),
)

type Written = Pick<Case, 'target' | 'burst' | 'entrants' | 'goals'>

const TITLES = { message: 'message', field1: '1 field', field10: '10 fields' } as const

const NAMES = { message: 'msg', field1: 'field1', field10: 'field10' } as const

function written(id: string, title: string, payload: keyof typeof TITLES, rest: Written): Case {
  return { id, title, payload, operation: payload === 'message' ? 'message' : 'fields', ...rest }
}

const BUFFERED = ', minLength 4096'
const IN_THE_CALL = ', sync: true'

const fileCase = (payload: keyof typeof TITLES, goals: Case['goals']): Case =>
  written(`file/${NAMES[payload]}`, TITLES[payload], payload, {
    target: 'file',
    burst: 10,
    entrants: [...four(), ...pinos(BUFFERED, { minLength: 4096 })],
    goals,
  })

export const FILES: readonly Case[] = [
  fileCase('message', {}),
  fileCase('field1', { ...goals(4.5, 2.3), [INSTALLED + BUFFERED]: 4.5, [BEST + BUFFERED]: 2.3 }),
  fileCase('field10', { ...goals(3.5, 2), [INSTALLED + BUFFERED]: 3, [BEST + BUFFERED]: 2 }),
  ...(['field1', 'field10'] as const).map(payload =>
    written(`line/${payload}`, `${TITLES[payload]}, every line written in its call`, payload, {
      target: 'file',
      burst: 10,
      entrants: [
        { label: HEWN, contestant: 'hewn', variant: { durability: 'line' } },
        { label: FLOOR, contestant: 'floor', variant: { durability: 'line' } },
        ...pinos(IN_THE_CALL, { sync: true }),
      ],
      goals: { [INSTALLED + IN_THE_CALL]: 1.6, [BEST + IN_THE_CALL]: 1.4 },
    }),
  ),
]

/** hewn's spool beside hewn's file: what lines cost the application's thread that another one sends. */
export const SPOOL: readonly Case[] = [1, 10, 100].map(burst =>
  written(`spool/burst-${burst}`, burst === 1 ? '1 line a turn' : `${burst} lines a turn`, 'field1', {
    target: 'file',
    burst,
    entrants: [
      { label: HEWN, contestant: 'hewn', variant: { spool: true } },
      { label: FLOOR, contestant: 'floor', variant: {} },
      { label: 'hewn into a file', contestant: 'hewn', variant: {} },
    ],
    goals: {},
  }),
)

export const BURSTS: readonly Case[] = [1, 10, 1000].map(burst =>
  written(`burst/${burst}`, burst === 1 ? '1 line a turn' : `${burst} lines a turn`, 'field1', {
    target: 'file',
    burst,
    entrants: four(),
    goals: {},
  }),
)

export const PIPES: readonly Case[] = (['message', 'field1', 'field10'] as const).map(payload =>
  written(`pipe/${NAMES[payload]}`, TITLES[payload], payload, {
    target: 'stdout',
    burst: 10,
    entrants: four(),
    goals: {},
  }),
)

export const ALL: readonly Case[] = [...ENCODE, FEATURES, ...LAYOUTS, ...FILES, ...SPOOL, ...BURSTS, ...PIPES]

/** Whether a word of the command line chooses what has this name: all of it, or a part between `/` and `-`. */
export function chosenBy(words: readonly string[], name: string): boolean {
  const parts = [name, ...name.split('/'), ...name.split(/[/-]/)]
  return words.length === 0 || words.some(word => parts.includes(word))
}

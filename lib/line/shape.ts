import { escapeText } from './escape'
import { flat } from './flat'
import type { Guard, Replacement } from './redact/guard'

/**
 * What the keys written so far on a line come to: a node of a tree whose edges are keys. A call site logs the
 * same keys in the same order again and again, so each node remembers the edge taken last (`nextKey`, `next`):
 * on the way down a key costs one comparison of two pointers, and arrives with its text made (`,"status":`),
 * already checked against every key before it, the reserved ones and those with a serializer.
 * Child loggers and contexts start further down the tree: that is how a collision with a bound field is found
 * without looking for it.
 *
 * Only keys are remembered, never values. A tree is bounded: past MAX_SHAPES nodes, or MAX_BRANCHES keys after one
 * node, what was learnt there is forgotten; past MAX_KEYS keys the answer is a node of kind `full`, and the line is
 * made without the tree.
 */
export class Shape {
  nextKey: string | undefined = undefined
  next: Shape | undefined = undefined
  /** The key's text by what came before it and what comes after it: `,"k":` `,"k":"` `","k":` `","k":"`. */
  readonly bareBare: string
  readonly bareQuote: string
  readonly quoteBare: string
  readonly quoteQuote: string
  readonly kind: KeyKind
  readonly key: string
  readonly parent: Shape | undefined
  readonly depth: number
  readonly book: KeyBook
  /** What the rules of redaction say of the key: what watches over what is below it, or what stands in its value's place. */
  readonly verdict: Guard | Replacement | undefined
  /** The last answer of `joined`. */
  private joinedTo: Shape | undefined = undefined
  private joint: Shape | undefined = undefined
  private branches: Map<string, Shape> | undefined = undefined
  private generation = 0

  constructor(book: KeyBook, key: string, parent: Shape | undefined, kind: KeyKind) {
    const text = parent === undefined ? '' : escapeText(key)
    const lead = book.nested && parent?.parent === undefined ? '{' : ','
    this.bareBare = flat(`${lead}"${text}":`)
    this.bareQuote = flat(`${lead}"${text}":"`)
    this.quoteBare = flat(`","${text}":`)
    this.quoteQuote = flat(`","${text}":"`)
    this.kind = kind
    this.key = key
    this.parent = parent
    this.depth = parent === undefined ? 0 : parent.depth + 1
    this.book = book
    this.verdict = parent === undefined ? undefined : book.guard?.step(key)
  }

  /** The node after `key`. The caller has already compared with `nextKey`. */
  step(key: string): Shape {
    if (this.generation !== generation) {
      this.branches = undefined
      this.generation = generation
    }
    const known = this.branches?.get(key)
    const shape = known ?? this.grow(key)
    if (shape.kind !== KeyKind.full) {
      this.nextKey = key
      this.next = shape
    }
    return shape
  }

  private grow(key: string): Shape {
    // A long key is not even looked at: it would be kept here.
    if (this.kind === KeyKind.full || this.depth >= MAX_KEYS || isOdd(key)) return this.book.full
    if (++shapes > MAX_SHAPES) forget()
    const shape = new Shape(this.book, key, this, this.kindOf(key))
    if (this.branches === undefined || this.branches.size >= MAX_BRANCHES) this.branches = new Map()
    this.branches.set(key, shape)
    return shape
  }

  /**
   * The node of this node's keys and then those of `inner`, in `inner`'s book; undefined when a key of the two
   * collides. Remembers one answer: a service logs in contexts of one shape.
   */
  joined(inner: Shape): Shape | undefined {
    if (this.joinedTo === inner) return this.joint
    // A full node does not know its keys.
    if (this.kind === KeyKind.full || inner.kind === KeyKind.full) return undefined
    // What these keys hold was written without the rules that the other book has.
    if (inner.book.guard !== this.book.guard) return undefined
    let shape: Shape | undefined = this.book === inner.book ? this : inner.book.root.follow(this.keys())
    shape = shape?.follow(inner.keys())
    this.joinedTo = inner
    this.joint = shape
    return shape
  }

  /** The node after these keys; undefined when one of them is not plain. */
  follow(keys: readonly string[]): Shape | undefined {
    let shape: Shape = this
    for (const key of keys) {
      shape = shape.step(key)
      if (shape.kind !== KeyKind.plain && shape.kind !== KeyKind.guarded && shape.kind !== KeyKind.censored) return
    }
    return shape
  }

  private kindOf(key: string): KeyKind {
    const own = this.book.kindOf(key)
    if (own === KeyKind.reserved || own === KeyKind.serialized || own === KeyKind.full) return own
    for (let shape: Shape | undefined = this; shape.parent !== undefined; shape = shape.parent) {
      if (shape.key === key) return KeyKind.again
    }
    return own
  }

  /** The keys from the root to here. */
  keys(): string[] {
    const keys: string[] = []
    for (let shape: Shape = this; shape.parent !== undefined; shape = shape.parent) keys.push(shape.key)
    return keys.reverse()
  }
}

/**
 * What a key asks for. Those between `err` and `guarded` send the record to the careful encoder. A book has either
 * plain keys or guarded ones, never both: without redaction nothing is asked about it.
 */
export const enum KeyKind {
  plain,
  /** `err`: fine when it holds an error. */
  err,
  reserved,
  serialized,
  /** On the line already: the later value replaces the earlier. */
  again,
  /** Not in the tree: too many keys before it, too long, or not well-formed. */
  full,
  /** Plain, in a book with rules of redaction: they watch over its value. */
  guarded,
  /** `err` in such a book: fine when it holds an error. */
  guardedErr,
  /** Named by a rule: something else stands in its value's place. */
  censored,
}

/** What a field's value is replaced by before it is written. What it throws is written in place of the value. */
export type Serializer = (value: never) => unknown

/** What a layout asks of keys. */
export interface KeyRules {
  /** The line's own names: a caller's field of such a name goes into the object `fields`. */
  readonly reserved: ReadonlySet<string>
  /** The field that is the message where a call gives none. */
  readonly messageField?: string
  /** Keys that the careful encoder must see besides. Asked once for each node of the tree. */
  special?(key: string): boolean
}

/** Which keys are special to the lines of one kind of logger. Two loggers with the same rules share a book and so a tree. */
export class KeyBook {
  readonly root: Shape
  readonly full: Shape
  readonly serializers: ReadonlyMap<string, Serializer>
  readonly rules: KeyRules
  private readonly derived = new WeakMap<object, KeyBook>()

  /** For objects within a line: the text of the first key opens the object. */
  readonly nested: boolean
  /** The rules of redaction, as far as they speak of the objects that this book is for. */
  readonly guard: Guard | undefined

  constructor(
    rules: KeyRules,
    serializers: ReadonlyMap<string, Serializer> = new Map(),
    nested: boolean = false,
    guard: Guard | undefined = undefined,
  ) {
    this.rules = rules
    this.serializers = serializers
    this.nested = nested
    this.guard = guard
    this.root = new Shape(this, '', undefined, KeyKind.plain)
    this.full = new Shape(this, '', undefined, KeyKind.full)
  }

  /** This book with more serializers. The same object gives the same book: a framework passes it for each request. */
  withSerializers(serializers: Readonly<Record<string, Serializer>>): KeyBook {
    const known = this.derived.get(serializers)
    if (known !== undefined) return known
    const usable = Object.entries(serializers).filter(([, serializer]) => typeof serializer === 'function')
    const book = new KeyBook(this.rules, new Map([...this.serializers, ...usable]), false, this.guard)
    this.derived.set(serializers, book)
    return book
  }

  /** This book with these rules of redaction instead of its own. The same guard gives the same book. */
  withGuard(guard: Guard): KeyBook {
    if (guard === this.guard) return this
    const known = this.derived.get(guard)
    if (known !== undefined) return known
    const book = new KeyBook(this.rules, this.serializers, this.nested, guard)
    this.derived.set(guard, book)
    return book
  }

  kindOf(key: string): KeyKind {
    if (this.serializers.has(key)) return KeyKind.serialized
    if (this.rules.special?.(key) === true) return KeyKind.reserved
    const { guard } = this
    const reserved = this.isReserved(key)
    if (reserved && key !== 'err') return KeyKind.reserved
    if (guard === undefined) return reserved ? KeyKind.err : KeyKind.plain
    const kind = guard.kindOf(key)
    return kind === KeyKind.guarded && reserved ? KeyKind.guardedErr : kind
  }

  isReserved(key: string): boolean {
    return this.rules.reserved.has(key)
  }
}

/** A key that is not written as it is. */
export function isOdd(key: string): boolean {
  return key.length > MAX_KEY_LENGTH || !key.isWellFormed()
}

/** Longer keys are cut, in UTF-16 units. */
export const MAX_KEY_LENGTH = 128
/** More keys than these in one record are written without the tree. */
const MAX_KEYS = 64
const MAX_BRANCHES = 1024
const MAX_SHAPES = 8192

let shapes = 0
let generation = 0

/** Keys made from data would fill the tree: past MAX_SHAPES each node lets go of its branches when it next grows. */
function forget(): void {
  shapes = 0
  generation++
}

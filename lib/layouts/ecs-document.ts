import { errorFields } from './ecs-error'
import { ECS_FIELDS, type EcsField } from './ecs-types'
import { isObject, type JsonObject, jsonText } from './json'

/**
 * Fields of hewn's own line as fields of the Elastic Common Schema. What conforms to the schema, and what it does not
 * know, stays where it is. What clashes with it is moved into `labels`, whose values are texts: a scalar where the
 * schema has an object, a word where it has a number, a name that the line has already, or one that Elasticsearch
 * refuses. So no such document is refused, whatever came before it. `taken` are the line's own fields.
 */
export function ecsFields(fields: JsonObject, taken: Iterable<string>): [string, unknown][] {
  const document = new EcsDocument(taken)
  const { err, trace_id, span_id, fields: reserved, ...rest } = fields
  if (trace_id !== undefined) document.own('trace.id', trace_id)
  if (span_id !== undefined) document.own('span.id', span_id)
  if (err !== undefined) for (const [key, value] of errorFields(err)) document.given(key, value)
  for (const [key, value] of Object.entries(rest)) document.field(key, value)
  // A user's `err` that is no error is a field like any other.
  if (isObject(reserved)) for (const [key, value] of Object.entries(reserved)) document.field(key, value)
  return document.entries()
}

const MOVED = Symbol('moved')

class EcsDocument {
  private readonly kept = new Map<string, unknown>()
  private readonly labels = new Map<string, string>()
  private readonly paths: Paths

  constructor(taken: Iterable<string>) {
    this.paths = new Paths()
    for (const path of taken) this.paths.addLeaf(path)
  }

  /** A field of the line's own: it goes before any of the user's. */
  own(path: string, value: unknown): void {
    this.paths.addLeaf(path)
    this.kept.set(path, value)
  }

  /** A part of an error: a field of the schema, or a label. */
  given(path: string, value: unknown): void {
    if (path.startsWith(LABELS)) this.label(path.slice(LABELS.length), value)
    else this.own(path, value)
  }

  /** One of the user's. */
  field(key: string, value: unknown): void {
    if (key === 'labels' && isObject(value)) {
      for (const [name, item] of Object.entries(value)) this.label(name, item)
    } else if (key === 'labels' && Array.isArray(value)) this.label(key, value)
    else if (key.startsWith(LABELS)) this.label(key.slice(LABELS.length), value)
    else if (key.startsWith('_')) this.label(key, value)
    else {
      const placed = this.place('', key, value, ROOT, this.paths)
      if (placed !== MOVED) this.kept.set(key, placed)
    }
  }

  entries(): [string, unknown][] {
    return [...this.kept, ...Array.from(this.labels, ([name, text]): [string, string] => [LABELS + name, text])]
  }

  /** A value under a key, which may hold dots, inside of `outer`; or the sign that it has been moved. */
  private place(outer: string, key: string, value: unknown, within: EcsField | undefined, paths: Paths): unknown {
    const path = outer === '' ? key : `${outer}.${key}`
    const field = fieldAt(within, key)
    if (!isName(key) || field === 'clash') return this.label(path, value)
    return this.fit(path, value, field, paths)
  }

  private fit(path: string, value: unknown, field: EcsField | undefined, paths: Paths): unknown {
    // Elasticsearch takes a null as the absence of a value, but its path for one of objects.
    if (value === null) return paths.addNothing(path) ? value : this.label(path, value)
    if (Array.isArray(value)) return this.fitArray(path, value, field, paths)
    if (isObject(value) && (field === undefined || field.inner !== undefined)) {
      return paths.addBranch(path) ? this.fitObject(path, value, field, paths) : this.label(path, value)
    }
    const accepted = field === undefined || field.accepts(value)
    return accepted && paths.addLeaf(path) ? value : this.label(path, value)
  }

  private fitObject(path: string, value: JsonObject, field: EcsField | undefined, paths: Paths): unknown {
    const inside: Record<string, unknown> = Object.create(null)
    let moved = 0
    for (const [key, item] of Object.entries(value)) {
      const placed = this.place(path, key, item, field, paths)
      if (placed === MOVED) moved++
      else inside[key] = placed
    }
    return moved > 0 && Object.keys(inside).length === 0 ? MOVED : inside
  }

  /** All objects or no object: Elasticsearch knows no arrays, only fields with several values. */
  private fitArray(path: string, value: unknown[], field: EcsField | undefined, paths: Paths): unknown {
    const items = value.flat(Number.POSITIVE_INFINITY).filter(item => item !== null)
    if (items.every(isObject) && items.length > 0 && (field === undefined || field.inner !== undefined)) {
      if (!paths.addBranch(path)) return this.label(path, value)
      return this.fitObjects(path, value, field, paths)
    }
    const accepted = items.every(item => !isObject(item) && (field === undefined || field.accepts(item)))
    const wanted = field?.inner === undefined || items.length === 0
    return accepted && wanted && paths.addLeaf(path) ? value : this.label(path, value)
  }

  /** The fields of each may be those of another, and none may clash with what one of the others has. */
  private fitObjects(path: string, value: readonly unknown[], field: EcsField | undefined, paths: Paths): unknown[] {
    const siblings = new Paths()
    const placed = this.fitItems(path, value, field, paths, siblings)
    paths.add(siblings)
    return placed
  }

  private fitItems(
    path: string,
    value: readonly unknown[],
    field: EcsField | undefined,
    paths: Paths,
    siblings: Paths,
  ): unknown[] {
    return value.map(item => {
      // Arrays in arrays are one to Elasticsearch.
      if (Array.isArray(item)) return this.fitItems(path, item, field, paths, siblings)
      if (!isObject(item)) return item
      const own = paths.beside(siblings)
      const kept = this.fitObject(path, item, field, own)
      siblings.add(own)
      return kept === MOVED ? {} : kept
    })
  }

  /** In `labels`, as a text, by the name of its whole path. */
  private label(path: string, value: unknown): typeof MOVED {
    const wanted = path.replaceAll('.', '_').trim() || '_'
    let name = wanted
    for (let n = 2; this.labels.has(name); n++) name = `${wanted}#${n}`
    this.labels.set(name, typeof value === 'string' ? value : jsonText(value))
    return MOVED
  }
}

const LABELS = 'labels.'
const ROOT: EcsField = { inner: ECS_FIELDS, accepts: () => false }

/** What the schema says of a key inside of a field; a name below a value is a clash, and what it does not know is undefined. */
function fieldAt(within: EcsField | undefined, key: string): EcsField | undefined | 'clash' {
  let field = within
  for (const name of key.split('.')) {
    if (field === undefined) return undefined
    if (field.inner === undefined) return 'clash'
    field = field.inner.get(name)
  }
  return field
}

/** Elasticsearch takes dots for steps, and no step may be blank. */
function isName(key: string): boolean {
  return key.split('.').every(step => step.trim() !== '')
}

/** The paths of a document: each holds either values or more paths. */
class Paths {
  private readonly leaves = new Set<string>()
  private readonly branches = new Set<string>()
  /** Paths that may be here again, but with no other kind of content. */
  private readonly others: readonly Paths[]

  constructor(others: readonly Paths[] = []) {
    this.others = others
  }

  /** False if the path holds a value, or cannot be. What adds nothing leaves the path to others. */
  addNothing(path: string): boolean {
    return !this.leaves.has(path) && this.addSteps(path)
  }

  /** False if the path holds something already, or cannot be. */
  addLeaf(path: string): boolean {
    if (this.leaves.has(path) || this.isBranch(path) || !this.addSteps(path)) return false
    this.leaves.add(path)
    return true
  }

  /** False if the path holds a value, or cannot be. */
  addBranch(path: string): boolean {
    if (this.isLeaf(path) || !this.addSteps(path)) return false
    this.branches.add(path)
    return true
  }

  /** For an object of an array, whose fields are those of the objects before it: what it adds is added to these. */
  beside(siblings: Paths): Paths {
    return new Paths([...this.others, this, siblings])
  }

  add(other: Paths): void {
    for (const leaf of other.leaves) this.leaves.add(leaf)
    for (const branch of other.branches) this.branches.add(branch)
  }

  private addSteps(path: string): boolean {
    const steps: string[] = []
    for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) steps.push(path.slice(0, dot))
    if (steps.some(step => this.isLeaf(step))) return false
    for (const step of steps) this.branches.add(step)
    return true
  }

  private isLeaf(path: string): boolean {
    return this.leaves.has(path) || this.others.some(({ leaves }) => leaves.has(path))
  }

  private isBranch(path: string): boolean {
    return this.branches.has(path) || this.others.some(({ branches }) => branches.has(path))
  }
}

/**
 * Finds what was filed under the names and globs that match a logger's name: a tree of segments, walked once
 * for each look-up. A look-up costs the name's segments times the branches that fit them, however many names
 * are filed.
 */
export class NameIndex<T> {
  private readonly root = new Branch<T>(false)
  private visit = 0

  /** Files `value` for the name and all names below it. */
  addName(name: string, value: T): void {
    let branch = this.root
    for (const segment of segmentsOf(name)) branch = branch.literal(segment)
    branch.below.push(value)
  }

  /** Files `value` for what the glob spells: `*` is one segment, `**` any number, none included. */
  addGlob(glob: string, value: T): void {
    let branch = this.root
    for (const segment of segmentsOf(glob)) {
      if (segment === '**') branch = branch.any ??= new Branch<T>(true)
      else if (segment === '*') branch = branch.one ??= new Branch<T>(false)
      else branch = branch.literal(segment)
    }
    branch.exactly.push(value)
  }

  /** All values whose name or glob matches, in no particular order. The empty name is the root logger's. */
  find(name: string): T[] {
    const found: T[] = []
    let here: Branch<T>[] = []
    this.visit++
    this.enter(this.root, here, found)
    for (const segment of segmentsOf(name)) {
      const next: Branch<T>[] = []
      this.visit++
      for (const branch of here) {
        if (branch.repeats) this.enter(branch, next, found)
        const child = branch.literals?.get(segment)
        if (child !== undefined) this.enter(child, next, found)
        if (branch.one !== undefined) this.enter(branch.one, next, found)
      }
      if (next.length === 0) return found
      here = next
    }
    for (const branch of here) for (const value of branch.exactly) found.push(value)
    return found
  }

  /** A branch is entered once a segment, so that a row of `**` does not multiply the ways to it. */
  private enter(branch: Branch<T>, into: Branch<T>[], found: T[]): void {
    let entered: Branch<T> | undefined = branch
    while (entered !== undefined && entered.visited !== this.visit) {
      entered.visited = this.visit
      into.push(entered)
      for (const value of entered.below) found.push(value)
      entered = entered.any
    }
  }
}

class Branch<T> {
  literals: Map<string, Branch<T>> | undefined
  one: Branch<T> | undefined
  any: Branch<T> | undefined
  readonly below: T[] = []
  readonly exactly: T[] = []
  visited = 0

  /** `repeats`: it stands for `**`, so a further segment leads back to it. */
  constructor(readonly repeats: boolean) {}

  literal(segment: string): Branch<T> {
    this.literals ??= new Map()
    let branch = this.literals.get(segment)
    if (branch === undefined) {
      branch = new Branch<T>(false)
      this.literals.set(segment, branch)
    }
    return branch
  }
}

function segmentsOf(name: string): string[] {
  return name === '' ? [] : name.split('.')
}

/** How many segments of a name or glob are spelled out. */
export function literalSegments(name: string, glob: boolean): number {
  const segments = segmentsOf(name)
  return glob ? segments.filter(segment => segment !== '*' && segment !== '**').length : segments.length
}

/** The names of several logs, in a column before their lines. */
export class Labels {
  /** Of the column, in characters; 0 if there is none. */
  readonly width: number

  constructor(names: readonly string[]) {
    const longest = names.reduce((most, name) => Math.max(most, name.length), 0)
    this.width = names.length > 1 ? Math.min(longest, MAX) + 1 : 0
  }

  of(name: string): string {
    if (this.width === 0) return ''
    const room = this.width - 1
    return `${(name.length > room ? `${name.slice(0, room - 1)}…` : name).padEnd(room)} `
  }
}

const MAX = 24

/** A line of the story. */
export function say(text: string): void {
  console.log(text)
}

/** A row of a table. */
export function row(title: string, value: number): void {
  say(`  ${title.padEnd(48)}${Math.round(value).toLocaleString('en').padStart(10)}`)
}

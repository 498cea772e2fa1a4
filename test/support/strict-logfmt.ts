/** One line of logfmt as its keys and values, in order. Throws where the line is not what go-logfmt's decoder takes, or has a key twice. */
export function parseLogfmt(line: string): Map<string, string> {
  const pairs = new Map<string, string>()
  let at = 0
  while (at < line.length) {
    const start = at
    while (at < line.length && !/[\u0000-\u0020="\ufffd]/.test(line[at]!)) at++
    const key = line.slice(start, at)
    if (key === '') throw new Error(`no key at ${at}: ${line.slice(at, at + 20)}`)
    if (pairs.has(key)) throw new Error(`the key '${key}' twice`)
    if (line[at] !== '=') throw new Error(`no value of '${key}' at ${at}`)
    at++
    const value = line[at] === '"' ? quoted(line, at) : bare(line, at)
    pairs.set(key, value.text)
    at = value.end
    if (at < line.length && line[at] !== ' ') throw new Error(`no space at ${at}`)
    if (at < line.length) at++
  }
  return pairs
}

function quoted(line: string, start: number): { text: string; end: number } {
  let end = start + 1
  while (end < line.length && line[end] !== '"') end += line[end] === '\\' ? 2 : 1
  if (end >= line.length) throw new Error(`a quote at ${start} that does not end`)
  return { text: JSON.parse(line.slice(start, end + 1)) as string, end: end + 1 }
}

function bare(line: string, start: number): { text: string; end: number } {
  let end = start
  while (end < line.length && line[end] !== ' ') {
    if (/[\u0000-\u0020="\u007f-\u009f]/.test(line[end]!))
      throw new Error(`U+${line.charCodeAt(end).toString(16)} at ${end}`)
    end++
  }
  return { text: line.slice(start, end), end }
}

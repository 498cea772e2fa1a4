import { quote } from '../problem'

/** Where an option stands, from the top: `['transports', 1, 'path']`. */
export type Path = readonly (string | number)[]

/** As a person writes it: `transports[1].path`. */
export function printPath(path: Path): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (/^[\w$]+$/.test(step)) text += text === '' ? step : `.${step}`
    else text += `[${quote(step)}]`
  }
  return text
}

/** A file or a call, and a place in it: `/app/hewn.config.json transports[1].path`. */
export function printPlace(where: string, path: Path): string {
  return path.length === 0 ? where : `${where} ${printPath(path)}`
}

/** One text for each path. */
export function keyOf(path: Path): string {
  return JSON.stringify(path)
}

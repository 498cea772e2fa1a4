import { lstatSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { report } from '../../report'

/**
 * Makes `link`, looked for from the file's own folder, a symbolic link to the file `path`, in one step. Relative, so
 * that the folder can be moved. What is there and is no link is left alone. A failure is told, and costs only the link.
 */
export function linkTo(path: string, link: string, name: string): void {
  const place = resolve(dirname(path), link)
  const target = relative(dirname(place), path) || basename(path)
  try {
    const there = lstatSync(place, { throwIfNoEntry: false })
    if (there !== undefined && !there.isSymbolicLink()) throw new Error('something is there that is no symbolic link')
    if (there !== undefined && readlinkSync(place) === target) return
    const unfinished = `${place}.${process.pid}.tmp`
    rmSync(unfinished, { force: true })
    symlinkSync(target, unfinished)
    renameSync(unfinished, place)
  } catch (error) {
    report(`${name} symlink`, `${name}: no symbolic link ${place}: ${(error as Error).message}`)
  }
}

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type FileSinkOptions, openFile } from '../../../lib/output/open'
import type { RotatingSink } from '../../../lib/output/rotation/sink'
import { makeHost } from '../fixtures/host'

export const enough = Number.POSITIVE_INFINITY

export function openRotating(options: FileSinkOptions, name = 'file'): RotatingSink {
  return openFile(options, makeHost({ name })) as RotatingSink
}

/** The rotated files of `app.log`, as their names sort. */
export function rotated(folder: string): string[] {
  return readdirSync(folder)
    .filter(name => /^app\.\d.*\.log(\.gz)?$/.test(name))
    .sort()
}

/** All that was written, the rotated files first. */
export function everything(folder: string, live = 'app.log'): string {
  return [...rotated(folder), live].map(name => content(join(folder, name))).join('')
}

export function content(path: string): string {
  const bytes = readFileSync(path)
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
}

/** The largest of them, in bytes, uncompressed. */
export function largest(folder: string): number {
  const sizes = [...rotated(folder), 'app.log'].map(name =>
    name.endsWith('.gz') ? content(join(folder, name)).length : statSync(join(folder, name)).size,
  )
  return Math.max(...sizes)
}

/** Sets Date.now() to what `clock.now` says, until the returned function is called. */
export function setClock(now: number): { now: number; undo(): void } {
  const real = Date.now
  const clock = {
    now,
    undo: () => {
      Date.now = real
    },
  }
  Date.now = () => clock.now
  return clock
}

export function stampsOf(names: readonly string[]): string[] {
  return names.map(name => basename(name).split('.')[1] ?? '')
}

/** Waits for housekeeping, which itself keeps no process alive. */
export async function tidied(sink: RotatingSink): Promise<void> {
  const alive = setInterval(() => undefined, 1000)
  await sink.tidy
  clearInterval(alive)
}

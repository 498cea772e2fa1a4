import type { RotationPolicy } from './policy'

/** A rotated file, as it lies in the folder. */
export interface RotatedFile {
  readonly name: string
  readonly bytes: number
  /** When it was last written, Date.now() ms. */
  readonly modified: number
}

/** Those of `files` that are too many, too old or too much, the oldest of them first; names sort by age. */
export function surplus(
  files: readonly RotatedFile[],
  policy: Pick<RotationPolicy, 'maxFiles' | 'maxAge' | 'maxTotalSize'>,
  now: number,
): RotatedFile[] {
  const newestFirst = [...files].sort((a, b) => (a.name < b.name ? 1 : -1))
  const gone: RotatedFile[] = []
  let kept = 0
  let bytes = 0
  // A gap would be misleading: once one is too much, all that are older go as well.
  let full = false
  for (const file of newestFirst) {
    const old = now - file.modified > policy.maxAge
    if (!old) full ||= kept + 1 > policy.maxFiles || bytes + file.bytes > policy.maxTotalSize
    if (full || old) {
      gone.push(file)
      continue
    }
    kept++
    bytes += file.bytes
  }
  return gone.reverse()
}

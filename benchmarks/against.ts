import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Case, HEWN } from './cases'
import { type Effort, measure } from './harness'
import { ROOT } from './place'
import { median, quantile } from './statistics'
import { figure, table } from './tables'

/**
 * Measures hewn of this tree beside hewn of a git revision, which is built in a worktree under the system's temporary
 * folder and taken away again. The harness is this tree's in both.
 */
export async function measureAgainst(revision: string, cases: readonly Case[], effort: Effort): Promise<string> {
  const tree = checkOut(revision)
  try {
    const rows: string[][] = []
    for (const one of cases) rows.push([one.id, ...(await compare(one, tree, revision, effort))])
    return table(['', 'this tree, ns', `${revision}, ns`, 'this tree takes more, median of the pairs (range)'], rows)
  } finally {
    git('worktree', 'remove', '--force', tree)
    rmSync(tree, { recursive: true, force: true })
  }
}

async function compare(one: Case, tree: string, revision: string, effort: Effort): Promise<string[]> {
  const own = one.entrants.find(({ label }) => label === HEWN)
  if (own === undefined) return []
  const other = { ...own, label: revision, variant: { ...own.variant, root: tree } }
  const results = await measure({ ...one, entrants: [own, other] }, effort, 'least')
  const [mine, theirs] = [HEWN, revision].map(label => {
    const { leastNs, failure } = results.get(label)!
    if (failure !== undefined) throw new Error(failure)
    return leastNs
  })
  // Pair by pair: the two of a pair ran beside each other.
  const more = mine!.map((ns, pair) => (ns / theirs![pair]! - 1) * 100)
  const percent = (value: number) => `${value >= 0 ? '+' : ''}${value.toFixed(1)} %`
  const [low, middle, high] = [0, 0.5, 1].map(share => percent(quantile(more, share)))
  return [figure(median(mine!)), figure(median(theirs!)), `${middle} (${low} to ${high})`]
}

function checkOut(revision: string): string {
  const tree = mkdtempSync(join(tmpdir(), 'hewn-against-'))
  git('worktree', 'add', '--detach', '--force', tree, revision)
  const modules = join(tree, 'node_modules')
  if (!existsSync(modules)) symlinkSync(join(ROOT, 'node_modules'), modules, 'junction')
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  try {
    execFileSync(process.execPath, [compiler, '-p', 'tsconfig.json'], {
      cwd: tree,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
  } catch {
    if (!existsSync(join(tree, 'dist', 'lib', 'index.js'))) throw new Error(`${revision} does not compile`)
  }
  return tree
}

function git(...args: string[]): void {
  execFileSync('git', args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] })
}

import { join } from 'node:path'
import t from 'tap'
import { groupLogs } from '../../../lib/cli/read/family'
import { findFiles } from '../../../lib/cli/read/find'

/** The files of the one log that these are of, the oldest first. */
function sorted(...names: string[]): readonly string[] {
  const logs = groupLogs(names)
  t.equal(logs.length, 1, names.join(' '))
  return logs[0]!.files
}

t.test('the files of a log are read the oldest first, however it was rotated', async t => {
  const rows: string[][] = [
    ['app.log.10.gz', 'app.log.2.gz', 'app.log.1', 'app.log'],
    ['app.log-20261120.gz', 'app.log-20261121', 'app.log-20261122', 'app.log'],
    ['app.log-2026112208', 'app.log-2026112210', 'app.log'],
    ['app.log.2026-11-21.2', 'app.log.2026-11-22.1', 'app.log.2026-11-22.10', 'app.log'],
    ['app-2026-11-21.log', 'app-2026-11-22.log', 'app-2026-11-22.log.1'],
    ['app.2026-11-21.9.log.gz', 'app.2026-11-22.1.log.gz', 'app.2026-11-22.2.log', 'app.log'],
    ['app.1.log', 'app.2.log', 'app.10.log'],
    ['app-2026-11-22T09-00-00.000Z.log', 'app-2026-11-22T10-00-00.000Z.log', 'app.log'],
  ]
  for (const row of rows) {
    t.same(sorted(...row), row)
    t.same(sorted(...row.toReversed()), row)
  }
})

t.test('names that only look a little alike are logs of their own', async t => {
  const logs = groupLogs(['a/app.log', 'b/app.log', 'app.log', 'api.log', 'app.err', '2026-11-22.log', '10.log'])
  t.same(
    logs.map(({ live }) => live),
    ['a/app.log', 'b/app.log', 'app.log', 'api.log', 'app.err', '2026-11-22.log', '10.log'],
  )
})

t.test('a file that is named twice is read once', async t => {
  t.same(groupLogs(['app.log', 'app.log'])[0]?.files, ['app.log'])
})

t.test('a folder stands for its logs, a pattern for what it matches', async t => {
  const folder = t.testdir({
    'app.log': '',
    'app.log.1': '',
    'app.log.2.gz': '',
    '.hidden.log': '',
    'notes.md': '',
    deep: { 'x.ndjson': '', er: { 'y.log': '' } },
    'folder.log': {},
  })
  const found = (argument: string): string[] => findFiles(argument).files.map(path => path.slice(folder.length + 1))
  t.same(found(folder), ['app.log', 'app.log.1', 'app.log.2.gz'])
  t.same(found(join(folder, 'app.log*')), ['app.log', 'app.log.1', 'app.log.2.gz'])
  t.same(found(join(folder, 'app.log.?')), ['app.log.1'])
  t.same(
    found(join(folder, '**/*.log')),
    ['app.log', 'deep/er/y.log'],
    'folders are no files, hidden ones are left alone',
  )
  t.same(found(join(folder, 'notes.md')), ['notes.md'], 'a file that is named is read, whatever its name')
  t.match(findFiles(join(folder, 'no.log')).problem, { found: 'no such file' })
  t.match(findFiles(join(folder, '*.zip')).problem, { found: 'no file that matches' })
  t.match(findFiles(join(folder, 'folder.log')).problem, { found: 'a folder without a log' })
})

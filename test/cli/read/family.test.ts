import { join } from 'node:path'
import t from 'tap'
import { groupLogs, isNewLog } from '../../../lib/cli/read/family'
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

t.test('of a log that is followed the file is known that is written to', async t => {
  const live = (...names: string[]) => groupLogs(names).map(log => log.live)
  t.same(live('app.log', 'app.log.1'), ['app.log'])
  t.same(live('app.log.1', 'app.log.2.gz'), ['app.log'], 'also where it is not there at the moment')
  t.same(live('app-2026-11-21.log', 'app-2026-11-22.log'), ['app-2026-11-22.log'])
  t.same(live('app.1.log', 'app.2.log'), ['app.2.log'])
  t.same(live('app.log.1'), ['app.log.1'], 'a file alone is the one that was asked for')
})

t.test('a file that turns up is a new log, unless it was rotated away from one that is followed', async t => {
  const isNew = (path: string, ...followed: string[]) => isNewLog(path, other => followed.includes(other))
  t.ok(isNew('logs/web.log', 'logs/app.log'))
  t.ok(isNew('logs/app-2026-11-23.log', 'logs/app-2026-11-22.log'), 'the next day')
  t.ok(isNew('logs/app.3.log', 'logs/app.2.log'))
  for (const path of ['app.log', 'app.log.1', 'app.log.2.gz', 'app.log-20261122', 'app.2026-11-22.1.log']) {
    t.notOk(isNew(`logs/${path}`, 'logs/app.log'), path)
  }
  t.notOk(isNew('logs/app.log.1', 'logs/other.log'))
  t.notOk(isNew('logs/app-2026-11-22.log.gz', 'logs/app-2026-11-23.log'))
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
    'current.log': t.fixture('symlink', 'app.log'),
    'elsewhere.log': t.fixture('symlink', 'deep/x.ndjson'),
  })
  const found = (argument: string): string[] => findFiles(argument).files.map(path => path.slice(folder.length + 1))
  t.same(
    found(folder),
    ['app.log', 'app.log.1', 'app.log.2.gz', 'elsewhere.log'],
    'a link to another of them is left out',
  )
  t.same(found(join(folder, 'app.log*')), ['app.log', 'app.log.1', 'app.log.2.gz'])
  t.same(found(join(folder, 'app.log.?')), ['app.log.1'])
  t.same(
    found(join(folder, '**/*.log')),
    ['app.log', 'current.log', 'deep/er/y.log', 'elsewhere.log'],
    'folders are no files, hidden ones are left alone',
  )
  t.same(found(join(folder, 'notes.md')), ['notes.md'], 'a file that is named is read, whatever its name')
  t.match(findFiles(join(folder, 'no.log')).problem, { found: 'no such file' })
  t.match(findFiles(join(folder, '*.zip')).problem, { found: 'no file that matches' })
  t.match(findFiles(join(folder, 'folder.log')).problem, { found: 'a folder without a log' })
})

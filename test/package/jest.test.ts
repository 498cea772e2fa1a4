import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { program, root, writeJson } from './installed'

const FILES = 20

t.test('twenty Jest files in one process log through hewn without a warning, and no line is lost', async t => {
  const folder = t.testdir()
  const out = join(folder, 'out.ndjson')
  writeJson(join(folder, 'package.json'), { private: true })
  // Jest gives each file a module registry and a global object of its own: each loads a copy of hewn.
  writeJson(join(folder, 'jest.config.json'), {
    testEnvironment: 'node',
    watchman: false,
    cache: false,
    transform: {},
    moduleNameMapper: {
      '^hewn$': join(root, 'dist/lib/index.js'),
      '^hewn/transports/(.*)$': join(root, 'dist/transports/$1.js'),
    },
  })
  mkdirSync(join(folder, 'test'))
  for (let number = 0; number < FILES; number++) {
    writeFileSync(
      join(folder, 'test', `log-${number}.test.js`),
      `const { createLogger, getLogger } = require('hewn')
       const { file } = require('hewn/transports/file')
       test('logs', () => {
         createLogger({ transports: [file({ path: ${JSON.stringify(out)} })] }).info({ number: ${number} }, 'from a file of its own')
         getLogger('app').debug('below the level of NODE_ENV=test')
         expect(getLogger('app').level).toBe('warn')
       })`,
    )
  }
  const env = { ...process.env, NODE_ENV: 'test', NODE_OPTIONS: '--trace-warnings' }
  const args = [
    program('jest'),
    '--runInBand',
    '--ci',
    '--config',
    join(folder, 'jest.config.json'),
    '--rootDir',
    folder,
  ]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder, env })
  t.equal(stdout, '', 'nothing is logged below warn')
  t.match(stderr, `Tests:       ${FILES} passed, ${FILES} total`)
  t.notMatch(stderr, /Warning|did not exit|open handle/i)
  const numbers = readFileSync(out, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => (JSON.parse(line) as { number: number }).number)
  t.strictSame(
    numbers.sort((a, b) => a - b),
    Array.from({ length: FILES }, (_, number) => number),
  )
})

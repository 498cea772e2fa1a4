import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import t from 'tap'

const root = resolve(__dirname, '../../..')

/** The document without the code in it, where a name would count that nothing is said of. */
function prose(peer: string): string {
  const text = readFileSync(join(root, `docs/migrating-from-${peer}.md`), 'utf8')
  return text.replace(/^```[\s\S]*?^```/gm, '')
}

function missing(peer: string, names: readonly string[]): string[] {
  const text = prose(peer)
  return names.filter(name => !new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(text))
}

/** The members of an interface in pino's types, those of a nested object not among them. */
function members(types: string, name: string): string[] {
  const start = types.search(new RegExp(`interface ${name}\\b`))
  const indent = /^ */.exec(types.slice(types.lastIndexOf('\n', start) + 1))![0]
  const body = types.slice(start, types.indexOf(`\n${indent}}`, start))
  const own = new RegExp(`^${indent} {2}(?:readonly )?(\\w+)\\??[:(<]`, 'gm')
  return [...new Set([...body.matchAll(own)].map(match => match[1]!))]
}

t.test('whatever pino has, its guide says what becomes of it', async t => {
  const types = readFileSync(join(dirname(require.resolve('pino/package.json')), 'pino.d.ts'), 'utf8')
  const options = members(types, 'LoggerOptions')
  t.ok(options.length > 20, 'the options were found')
  t.strictSame(missing('pino', options), [])
  const methods = [...members(types, 'BaseLogger'), ...members(types, 'LoggerExtras')]
  const listeners = ['addListener', 'prependListener', 'prependOnceListener', 'removeListener']
  t.ok(methods.includes('child') && methods.includes('fatal'), 'the methods were found')
  t.strictSame(
    missing('pino', methods).filter(name => !listeners.includes(name)),
    [],
  )
  const rest = [
    ...[
      'destination',
      'transport',
      'multistream',
      'stdSerializers',
      'stdTimeFunctions',
      'symbols',
      'version',
      'levels',
    ],
    ...['epochTime', 'isoTime', 'isoTimeNano', 'unixTime', 'nullTime', 'LogFnFields', 'pino.metadata'],
    ...[
      'sync',
      'minLength',
      'maxLength',
      'maxWrite',
      'periodicFlush',
      'fsync',
      'append',
      'mkdir',
      'mode',
      'contentMode',
    ],
    ...['retryEAGAIN', 'reopen', 'flushSync', 'end', 'dedupe', 'target', 'targets', 'pipeline', 'worker', 'remove'],
    ...['pino-pretty', 'pino-roll', 'pino-http', 'pino-elasticsearch', 'pino-gelf', 'pino-socket', 'pino-logfmt'],
  ]
  t.strictSame(missing('pino', rest), [])
})

t.test('whatever winston has, its guide says what becomes of it', async t => {
  const names = [
    ...['level', 'levels', 'format', 'defaultMeta', 'transports', 'silent', 'exitOnError'],
    ...['handleExceptions', 'exceptionHandlers', 'handleRejections', 'rejectionHandlers', 'exceptions', 'rejections'],
    ...['log', 'add', 'remove', 'clear', 'close', 'configure', 'child', 'query', 'stream', 'startTimer', 'profile'],
    ...['isLevelEnabled', 'isDebugEnabled', 'pipe', 'end', 'loggers', 'Container', 'addColors'],
    ...[
      'npm',
      'syslog',
      'cli',
      'silly',
      'verbose',
      'http',
      'notice',
      'crit',
      'alert',
      'emerg',
      'prompt',
      'help',
      'data',
    ],
    ...['align', 'colorize', 'combine', 'errors', 'json', 'label', 'logstash', 'metadata', 'ms', 'padLevels'],
    ...['prettyPrint', 'printf', 'simple', 'splat', 'timestamp', 'uncolorize'],
    ...['Console', 'consoleWarnLevels', 'stderrLevels', 'debugStdout', 'eol', 'forceConsole'],
    ...['File', 'filename', 'dirname', 'options', 'maxsize', 'stream', 'rotationFormat', 'zippedArchive', 'maxFiles'],
    ...[
      'tailable',
      'lazy',
      'Http',
      'ssl',
      'host',
      'port',
      'auth',
      'path',
      'agent',
      'headers',
      'batch',
      'batchInterval',
    ],
    ...['batchCount', 'replacer', 'maximumDepth', 'Stream'],
    ...['datePattern', 'maxSize', 'auditFile', 'frequency', 'utc', 'extension', 'createSymlink', 'symlinkName'],
    ...['watchLog', 'auditHashType', 'winston-daily-rotate-file', 'winston-transport', 'winston-elasticsearch'],
  ]
  t.strictSame(missing('winston', names), [])
})

t.test('whatever bunyan has, its guide says what becomes of it', async t => {
  const names = [
    ...['name', 'level', 'stream', 'streams', 'serializers', 'src', 'path', 'period', 'count', 'type', 'raw'],
    ...['rotating-file', 'closeOnExit', 'reemitErrorEvents', 'RingBuffer', 'limit', 'RotatingFileStream'],
    ...['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'child', 'fields', 'levels', 'addStream', 'addSerializers'],
    ...['reopenFileStreams', 'close', 'stdSerializers', 'safeCycles', 'resolveLevel', 'levelFromName', 'nameFromLevel'],
    ...['TRACE', 'FATAL', 'VERSION', 'LOG_VERSION', 'v', 'hostname', 'pid', 'time', 'DTrace', 'simple'],
    ...['long', 'short', 'json', 'bunyan', 'inspect', 'condition', 'strict', 'color', 'no-color', 'pager', 'no-pager'],
  ]
  t.strictSame(missing('bunyan', names), [])
})

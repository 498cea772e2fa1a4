type Hewn = typeof import('../../lib/index')

/** Loads two copies of hewn, whose paths are its arguments, and logs through both. */
const [first, second] = process.argv.slice(2).map(path => require(path) as Hewn)
if (first === undefined || second === undefined || require.cache[process.argv[3]!] === undefined) process.exit(1)

first.logger.warn('first copy')
second.logger.warn('second copy')
second.configure({ fields: { region: 'us' } })
second.setLevels('http=debug')
first.getLogger('http').debug('levels set by the second')
void second.flush().then(() => {
  const sent = first.stats().transports['stdout']?.sent
  first.logger.error({ sent, listeners: process.listenerCount('exit') }, 'one')
})

import type { Test } from 'tap'
import { count, countIn, deliver, forgetful, LONG, lineOf, search } from './search-scene'
import type { SearchServer } from './search-server'

/** An id is unique in one backing index of a data stream: the one case in which a line can be stored twice. */
export async function rollsOver(t: Test, server: SearchServer): Promise<void> {
  await t.test('a rollover between batches makes no line twice', async t => {
    const { delivery } = await deliver(server, 'rolled', 1000, n => ({ n }))
    await delivery.flush(LONG)
    await server.ask('POST', '/logs-rolled-test/_rollover')
    delivery.write(1000, n => lineOf('rolled', { n }))
    t.strictSame(await delivery.flush(LONG), { flushed: 1000, left: 0 })
    t.equal(await count(server, 'rolled'), 2000)
    await delivery.end()
  })
  await t.test('a rollover between a lost answer and the next try makes its lines twice, as documented', async t => {
    const proxy = await forgetful(server.url, async answer => {
      if (answer === 0) await server.ask('POST', '/logs-doubled-test/_rollover')
      return answer === 0
    })
    const { delivery, ids } = await deliver(server, 'doubled', 500, n => ({ n }), { node: proxy.url })
    t.strictSame(await delivery.flush(LONG), { flushed: 500, left: 0 })
    const stored = await count(server, 'doubled')
    t.comment(
      `${server.title}: ${stored} counted of 500 lines, an answer lost and the stream rolled over before the next try`,
    )
    t.ok(stored > 500 && stored <= 1000, 'the lines of the lost answer are there twice, no other')
    const { hits } = await search(server, 'doubled', { query: { ids: { values: [ids[0]] } } })
    t.equal(hits.length, 2)
    t.equal(new Set(hits.map(({ _index }) => _index)).size, 2, 'once in each backing index')
    await delivery.end()
    proxy.close()
  })
  await t.test('an index that is named by the day of the line has no such case', async t => {
    const proxy = await forgetful(server.url, answer => answer === 0)
    const options = { node: proxy.url, index: 'dated-{date}' }
    const { delivery } = await deliver(server, 'dated', 500, n => ({ n }), options)
    t.strictSame(await delivery.flush(LONG), { flushed: 500, left: 0 })
    t.ok(proxy.forgotten() > 0)
    t.equal(await countIn(server, 'dated-2026.11.22'), 500)
    await delivery.end()
    proxy.close()
  })
}

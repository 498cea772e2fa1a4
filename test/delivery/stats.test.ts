import t from 'tap'
import { type DeliveryStats, prometheusText } from '../../lib/delivery/stats'

const stats: DeliveryStats = {
  state: 'held',
  queued: 12,
  bytes: 3456,
  oldest: 1_000_000,
  acknowledges: 'stored with id',
  sent: 100,
  retried: 7,
  dead: 2,
  deadDropped: 1,
  reason: 'status 401',
}

t.test("the figures of all transports are there, in Prometheus' text format", async t => {
  const text = prometheusText({ elastic: stats, 'a "b"\\\n': { ...stats, state: 'up', oldest: undefined } }, 1_030_500)
  t.match(text, 'hewn_transport_up{transport="elastic"} 0\n')
  t.match(text, 'hewn_transport_held{transport="elastic"} 1\n')
  t.match(text, 'hewn_transport_oldest_seconds{transport="elastic"} 30.5\n')
  t.match(text, 'hewn_transport_sent_lines_total{transport="elastic"} 100\n')
  t.match(text, 'hewn_transport_dead_dropped_lines_total{transport="elastic"} 1\n')
  t.match(text, 'hewn_transport_up{transport="a \\"b\\"\\\\\\n"} 1\n')
  t.match(text, 'hewn_transport_oldest_seconds{transport="a \\"b\\"\\\\\\n"} 0\n')
})

t.test('every metric is described before its samples, and every line is well-formed', async t => {
  const lines = prometheusText({ x: stats }, 0).trimEnd().split('\n')
  let described = ''
  for (const line of lines) {
    const head = /^# (?:HELP|TYPE) (\w+) /.exec(line)
    if (head !== null) described = head[1]!
    else t.match(line, new RegExp(`^${described}\\{transport="x"\\} \\d+(?:\\.\\d+)?$`))
    if (line.startsWith('# TYPE')) t.match(line, described.endsWith('_total') ? / counter$/ : / gauge$/)
  }
})

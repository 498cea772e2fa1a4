import t from 'tap'
import { readable } from '../../lib/layouts/pretty-quantity'

t.test('a number whose key names its unit is told readably as well, where it is hard to read', async t => {
  const rows: [string, number, string][] = [
    ['ms', 12.3, '12.3'],
    ['ms', 0.123456789, '0.1235'],
    ['responseTime', 12.345678, '12.35'],
    ['durationMs', 1234.567, '1235'],
    ['ms', 9999, '9999'],
    ['ms', 10_000, '10000 (10s)'],
    ['ms', 59_999, '59999 (59.9s)'],
    ['took_ms', 83_211, '83211 (1m23s)'],
    ['ms', 3_600_000, '3600000 (1h)'],
    ['ms', 90_061_000, '90061000 (1d1h)'],
    ['bytes', 512, '512'],
    ['heapBytes', 10_240, '10240 (10 KiB)'],
    ['heap_bytes', 1_572_864, '1572864 (1.5 MiB)'],
    ['content-length', 5_368_709_120, '5368709120 (5 GiB)'],
    ['bytes', 1e16, '10000000000000000 (8.88 PiB)'],
    ['ms', -90_000, '-90000'],
  ]
  for (const [key, value, expected] of rows) t.equal(readable(key, value), expected, `${key} ${value}`)
})

t.test('a number whose key does not name its unit stays as it is', async t => {
  for (const key of ['duration', 'size', 'items', 'terms', 'status', 'id', 'MS', 'megabytes', 'timeout']) {
    t.equal(readable(key, 83_211.123456), '83211.123456', key)
  }
})

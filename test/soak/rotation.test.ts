import t from 'tap'
import { conservation, conserved, soak } from './rotation'

t.test('over rotation, gzip and kills, no line is lost, doubled or out of order', async t => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  const result = await soak(40_000, 5, seed)
  t.comment(`node dist/test/soak/rotation.js --lines 40000 --kills 5 --seed ${seed}`)
  t.comment(conservation(result))
  t.ok(conserved(result), conservation(result))
  t.ok(result.killed >= 3 && result.files > 30)
})

import { type Claim, ENDINGS, MODULE_SYSTEMS, prove, sentence, task } from './cells'

const main = (['file turn', 'pipe'] as const).flatMap(to =>
  MODULE_SYSTEMS.flatMap(from =>
    (['first tick', 'later'] as const).flatMap(start => ENDINGS.map(end => ({ from, task: task({ to, start, end }) }))),
  ),
)

/** What else lines go to: one start and one module system each. */
const others = (['file line', 'destination', 'socket'] as const).flatMap(to =>
  ENDINGS.map(end => ({ from: 'CommonJS' as const, task: task({ to, end }) })),
)

prove(
  [...main, ...others].map(
    (cell): Claim => ({ ...cell, kept: cell.task.lines, sentence: sentence(cell.task, cell.from) }),
  ),
)

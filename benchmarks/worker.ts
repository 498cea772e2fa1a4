/**
 * One process: one contestant of one case. It is told what to do message by message, so that the rounds of several
 * such processes can be interleaved.
 */

import { callsOf } from './calls'
import { contestantNamed } from './contestants/all'
import type { Target } from './contestants/contestant'
import { makeInputs } from './inputs'
import { allocation } from './probes/allocation'
import { latency } from './probes/latency'
import { steady } from './probes/steady'
import type { Answer, Job, Question } from './protocol'
import { expectationOf } from './protocol'
import { MemoryRun } from './run-memory'
import { TurnsRun } from './run-turns'
import { Sink } from './sink'

const job = JSON.parse(process.argv[2] ?? '') as Job
const contestant = contestantNamed(job.contestant, job.payload)
const inputs = makeInputs(job.payload)
const sink = new Sink()
const log = contestant.open(targetOf(), job.variant)
const calls = callsOf(log, job.operation, inputs)
const run =
  job.target === 'memory'
    ? new MemoryRun(log, calls, sink, contestant, expectationOf(job, inputs))
    : new TurnsRun(log, calls, job, contestant, expectationOf(job, inputs))

process.on('message', (question: Question) => {
  answer(question).then(
    answered => process.send?.(answered),
    (error: Error) => process.send?.({ error: error.message } satisfies Answer),
  )
})
process.on('disconnect', () => process.exit())
process.send?.({} satisfies Answer)

async function answer(question: Question): Promise<Answer> {
  switch (question.ask) {
    case 'verify':
      return run.verify()
    case 'warm':
      return run.warm(question.roundMs)
    case 'round':
      return run.round()
    case 'least':
      return run.least()
    case 'allocation':
      return allocation(calls, sink)
    case 'steady':
      return steady(calls, question)
    case 'latency':
      return latency(calls, question)
  }
}

function targetOf(): Target {
  if (job.target === 'memory') return { kind: 'memory', write: sink.write }
  return job.target === 'stdout' ? { kind: 'stdout' } : { kind: 'file', path: job.path ?? '' }
}

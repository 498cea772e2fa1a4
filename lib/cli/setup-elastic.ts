import { Cluster } from '../delivery/elastic/cluster'
import { type Plan, planProvision, type Step } from '../delivery/elastic/provision'
import type { ElasticSettings } from './setup-receiver'

export interface SetupElasticOptions extends ElasticSettings {
  readonly retention: string
  readonly dryRun: boolean
}

/** Shows what is there and what is changed; changes it unless told not to. Rejects when the cluster refuses. */
export async function setupElastic({ service, retention, dryRun, ...options }: SetupElasticOptions): Promise<number> {
  const cluster = new Cluster({ ...options, gzip: false })
  try {
    const { dataStream, index } = options
    const plan = await planProvision(cluster, { dataStream, index, service, retention })
    print(`${plan.server}\n`)
    for (const step of plan.steps) await take(step, dryRun)
    finish(plan, dryRun)
    return 0
  } finally {
    cluster.close()
  }
}

async function take(step: Step, dryRun: boolean): Promise<void> {
  if (step.state !== 'as wanted' && !dryRun) await step.apply()
  const done = step.state === 'missing' ? 'created' : 'changed'
  print(`${step.what}: ${step.state === 'as wanted' ? 'is as it should be' : dryRun ? `would be ${done}` : done}\n`)
  for (const { path, found, wanted } of step.differences) {
    print(`  ${path}: ${shown(found)} → ${shown(wanted)}\n`)
  }
}

function finish({ steps, remarks }: Plan, dryRun: boolean): void {
  for (const remark of remarks) print(`${remark}\n`)
  if (dryRun && steps.some(({ state }) => state !== 'as wanted')) print('Nothing was changed (--dry-run).\n')
}

function shown(value: string | undefined): string {
  if (value === undefined) return 'nothing'
  return value.length > 60 ? `${value.slice(0, 60)}…` : value
}

function print(text: string): void {
  process.stdout.write(text)
}

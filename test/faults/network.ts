import { execFileSync, spawnSync } from 'node:child_process'
import { setTimeout as wait } from 'node:timers/promises'

const OWN = 'HEWN_OWN_NETWORK'

/** Why there is no network whose packets may be lost; false if there is one. */
export function withoutNetwork(): string | false {
  for (const [tool, args] of [
    ['ip', ['-V']],
    ['nft', ['-v']],
  ] as const) {
    if (spawnSync(tool, args).error !== undefined) return `${tool} is not installed (Debian: iproute2, nftables)`
  }
  const { status, stderr } = spawnSync('unshare', ['-n', 'nft', 'list', 'tables'], { encoding: 'utf8' })
  return status === 0 ? false : `no network of its own, or no rules in it: ${stderr.trim()}`
}

/** Runs this program once more, in a network of its own. False in there. */
export function entersNetwork(): boolean {
  if (process.env[OWN] !== undefined) {
    execFileSync('ip', ['link', 'set', 'lo', 'up'])
    return false
  }
  const { status } = spawnSync('unshare', ['-n', process.execPath, ...process.execArgv, process.argv[1]!], {
    stdio: 'inherit',
    env: { ...process.env, [OWN]: '1' },
  })
  process.exitCode = status ?? 1
  return true
}

/** What becomes of packets, from now on. A rule is one of nft's, such as `tcp dport 80 drop`; each is counted. */
export class Network {
  /** Instead of all rules that there were. */
  rules(...rules: readonly string[]): void {
    const counted = rules.map(rule => rule.replace(/(drop|reject.*)$/, 'counter $1'))
    const chain = ['chain in {', 'type filter hook input priority 0;', ...counted, '}']
    const input = ['table inet hewn', 'delete table inet hewn', 'table inet hewn {', ...chain, '}', ''].join('\n')
    execFileSync('nft', ['-f', '-'], { input })
  }

  heal(): void {
    execFileSync('nft', ['flush', 'ruleset'])
  }

  /** Resolves when rules have met so many packets. */
  async met(packets: number): Promise<void> {
    for (;;) {
      const text = execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' })
      const all = [...text.matchAll(/counter packets (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0)
      if (all >= packets) return
      await wait(20)
    }
  }
}

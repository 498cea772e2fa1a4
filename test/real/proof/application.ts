import { openSync, writeSync } from 'node:fs'
import { createLogger } from '../../../lib/index'
import { elastic } from '../../../transports/elastic'
import { payloadOf, random, TURN } from './payload'

/**
 * An application under load, until it is killed: `application.js SPOOL NODE SEED RUN LEDGER`. Once the turn of some lines
 * is over, it writes them into a ledger of its own, so what stands there was accepted. Without a ledger it logs nothing,
 * and only sends what others have left.
 */
const [dir = '', node = '', seed = '', run = '', ledger] = process.argv.slice(2)
const log = createLogger({
  service: 'proof',
  env: 'test',
  level: 'debug',
  spool: { dir },
  transports: [elastic({ node })],
})
if (ledger === undefined) {
  log.isLevelEnabled('info')
  setInterval(() => {}, 60_000)
} else {
  goOn(openSync(ledger, 'a'), random(Number(seed) + Number(run)))
}

function goOn(file: number, draw: () => number): void {
  let n = 0
  const turn = (): void => {
    let accepted = ''
    for (let lines = 1 + Math.floor(draw() * TURN); lines > 0; lines--) {
      const proof = payloadOf(Number(seed), Number(run), n++)
      // Every level has its way: an error ends the turn at once.
      const level = draw() < 0.01 ? 'error' : draw() < 0.5 ? 'info' : 'debug'
      log[level]({ proof }, proof.text)
      accepted += `${JSON.stringify(proof)}\n`
      // An application does something, too: so that a kill can fall into a turn.
      for (let work = 1; work < 8; work++) payloadOf(Number(seed), Number(run), n + work)
    }
    // hewn's turn ends in the check phase that this is called in as well, and before it: it asked first.
    setImmediate(() => {
      writeSync(file, accepted)
      if (n > 0) process.stdout.write('.')
      setTimeout(turn, draw() * 8)
    })
  }
  turn()
}

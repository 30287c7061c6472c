import type pg from 'pg'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { A_FEW, takeCheckpoints } from '../security/checkpoints.ts'
import { keepHead } from '../security/kept-head.ts'
import type { Keys } from '../security/keys.ts'
import { throttledLog } from './timing.ts'

interface Deps {
  pool: pg.Pool
  keys: Keys
  config: Pick<Config, 'home' | 'databaseUrl'>
  log: Log
  clock: Clock
}

/** With each sweep, checkpoints cover what was written since the last one. Their failure does not fail the sweep. */
export function checkpointing({ pool, keys, config, log, clock }: Deps): { take(): Promise<void> } {
  const onError = throttledLog(clock, (err, times) =>
    log.warn({ event: 'checkpoint.failed', err, times }, 'no checkpoint was taken'),
  )
  let toldHead = 0
  return {
    async take() {
      try {
        const { head, isBroken } = await takeCheckpoints(pool, keys, A_FEW)
        if (!head || head.number === toldHead) return
        toldHead = head.number
        if (isBroken)
          log.error(
            { event: 'checkpoint.foreign', checkpoint: head.number },
            'the newest checkpoint is not signed with this secret: see camp budget audit',
          )
        else await keepHead(pool, config, head)
      } catch (error) {
        onError(error)
      }
    },
  }
}

import type pg from 'pg'
import type { Config } from '../config.ts'
import { A_FEW, takeCheckpoints } from '../security/checkpoints.ts'
import { keepHead } from '../security/kept-head.ts'
import type { Keys } from '../security/keys.ts'

/** Covers what a command has written to the audit with a checkpoint, and remembers its head on this machine. */
export async function coverAudit(pool: pg.Pool, keys: Keys, config: Config): Promise<void> {
  const { head, isBroken } = await takeCheckpoints(pool, keys, A_FEW)
  if (head && !isBroken) await keepHead(pool, config, head)
}

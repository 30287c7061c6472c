import type pg from 'pg'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import { type Head, takeCheckpoints } from './checkpoints.ts'
import { headFlaw, type Keeper, keepHead, keptHead } from './kept-head.ts'
import type { Keys } from './keys.ts'
import { auditRecords, type RecordAudit } from './record-audit.ts'

export interface VerifyDeps {
  pool: pg.Pool
  keys: Keys
  keeper: Keeper
}

/** What is compared in the same snapshot as the records. */
export interface Compared {
  differences: readonly unknown[]
}

export interface Verification<Figures extends Compared> {
  records: RecordAudit
  figures: Figures
  /** The number of findings and differences. */
  wrong: number
}

/**
 * Compares, in one snapshot, the records of ledger, audit and attempts with their checkpoints, and the chain of checkpoints with
 * the heads that this machine and the caller know. If all agree, this machine stores the newest checkpoint.
 * @param expected a head that was printed before
 * @param compare further comparisons in the same snapshot
 */
export async function verifyRecords<Figures extends Compared>(
  { pool, keys, keeper }: VerifyDeps,
  expected: Head | undefined,
  compare: (tx: Tx) => Promise<Figures>,
): Promise<Verification<Figures>> {
  await takeCheckpoints(pool, keys)
  const remembered = await keptHead(keeper)
  const { figures, records } = await transaction(pool, async tx => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const figures = await compare(tx)
    const records = await auditRecords(tx, keys)
    records.findings.push(...(await missed(tx, remembered, expected)))
    return { figures, records }
  })
  const wrong = figures.differences.length + records.findings.length
  if (records.head && wrong === 0) await keepHead(pool, keeper, records.head)
  return { figures, records, wrong }
}

/** Compares the chain with heads kept outside the database: only they show whether its end was cut off. */
async function missed(sql: Sql, remembered: Head | undefined, expected: Head | undefined): Promise<string[]> {
  const findings: string[] = []
  const seen = remembered && (await headFlaw(sql, remembered))
  if (seen)
    findings.push(`${seen} (this machine has seen it; if you restored a backup: camp audit verify --accept-head)`)
  const given = expected && (await headFlaw(sql, expected))
  if (given) findings.push(`${given} (by --expect; compare with a backup from that time)`)
  return findings
}

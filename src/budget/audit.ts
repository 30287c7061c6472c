import type pg from 'pg'
import { type Sql, transaction } from '../database/pool.ts'
import { type Head, takeCheckpoints } from '../security/checkpoints.ts'
import { headFlaw, type Keeper, keepHead, keptHead } from '../security/kept-head.ts'
import type { Keys } from '../security/keys.ts'
import { auditRecords, type RecordAudit } from '../security/record-audit.ts'
import { type Reconciliation, reconcileBudgets } from './reconcile.ts'
import { unapproved } from './reconcile-approvals.ts'

export interface BookAudit {
  figures: Reconciliation
  records: RecordAudit
  /** The number of differences and findings. */
  wrong: number
}

/**
 * Compares, in one snapshot: the figures, the records with their checkpoints, and the chain of checkpoints with the heads that
 * this machine and the caller know. If all agree, this machine stores the newest checkpoint.
 * @param expected a head that was printed before
 */
export async function auditBooks(
  { pool, keys, keeper }: { pool: pg.Pool; keys: Keys; keeper: Keeper },
  expected: Head | undefined,
): Promise<BookAudit> {
  await takeCheckpoints(pool, keys)
  const remembered = await keptHead(keeper)
  const { figures, records } = await transaction(pool, async tx => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const audited = await reconcileBudgets(tx)
    const figures = { ...audited, differences: [...audited.differences, ...(await unapproved(tx))] }
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
    findings.push(`${seen} (this machine has seen it; if you restored a backup: camp budget audit --accept-head)`)
  const given = expected && (await headFlaw(sql, expected))
  if (given) findings.push(`${given} (by --expect; compare with a backup from that time)`)
  return findings
}

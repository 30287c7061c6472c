import { ADVICE } from '../../../budget/difference.ts'
import { type Reconciliation, reconcileBudgets } from '../../../budget/reconcile.ts'
import { unapproved } from '../../../budget/reconcile-approvals.ts'
import { type Sql, transaction } from '../../../database/pool.ts'
import { CampError } from '../../../errors.ts'
import { recordAudit } from '../../../security/audit-log.ts'
import { type Head, takeCheckpoints } from '../../../security/checkpoints.ts'
import { formatHead, headFlaw, keepHead, keptHead, parseHead, replaceHead } from '../../../security/kept-head.ts'
import { auditRecords, type RecordAudit } from '../../../security/record-audit.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { confirm } from '../../prompt.ts'
import type * as commands from './index.ts'

/** Figures, records, and what this machine and the caller remember of them. Ends with 6 where anything does not agree. */
export async function audit(context: Context, options: OptionsOf<typeof commands.audit>): Promise<void> {
  const expected = options.expect === undefined ? undefined : parseHead(options.expect)
  if (options.acceptHead) await acceptHead(context)
  else await context.actor()
  const [pool, keys] = [await context.pool(), await context.keys()]
  await takeCheckpoints(pool, keys)
  const remembered = await keptHead(context.config)
  const { figures, records } = await transaction(pool, async tx => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const audited = await reconcileBudgets(tx)
    const figures = { ...audited, differences: [...audited.differences, ...(await unapproved(tx))] }
    const records = await auditRecords(tx, keys)
    records.findings.push(...(await missed(tx, remembered, expected)))
    return { figures, records }
  })
  const wrong = figures.differences.length + records.findings.length
  if (records.head && wrong === 0) await keepHead(pool, context.config, records.head)
  tell(context, figures, records, wrong, options.head ?? false)
  if (wrong === 0) return
  throw new CampError('BUDGET_AUDIT_FAILED', `${wrong} thing(s) do not agree`, {
    hint: 'Stop the workers, keep a copy of the database, and see docs/reliability.md, "When the budget audit finds a difference".',
  })
}

/** What is outside of the database knows whether the end of the chain was cut off. */
async function missed(sql: Sql, remembered: Head | undefined, expected: Head | undefined): Promise<string[]> {
  const findings: string[] = []
  const seen = remembered && (await headFlaw(sql, remembered))
  if (seen)
    findings.push(
      `${seen} (this machine has seen it; after a restore that you have made: camp budget audit --accept-head)`,
    )
  const given = expected && (await headFlaw(sql, expected))
  if (given) findings.push(`${given} (by --expect; compare with a backup from that time)`)
  return findings
}

async function acceptHead(context: Context): Promise<void> {
  const actor = await context.admin()
  await confirm(context, 'Forget which checkpoint this machine has seen? Do so after a restore that you have made.')
  const pool = await context.pool()
  const before = await keptHead(context.config).catch(() => undefined)
  await recordAudit(pool, {
    userId: actor.id,
    action: 'records.accept',
    subject: 'Checkpoint',
    subjectId: String(before?.number ?? 0),
    detail: { head: before ? formatHead(before) : null },
  })
  const { head } = await takeCheckpoints(pool, await context.keys())
  if (head) await replaceHead(context.config, head)
}

function tell(context: Context, figures: Reconciliation, records: RecordAudit, wrong: number, headOnly: boolean): void {
  const { budgets, batches, entries, differences } = figures
  const head = records.head && formatHead(records.head)
  if (headOnly && wrong === 0) {
    context.out.result({ head }, head ?? 'no checkpoint yet')
    return
  }
  const agreed = `All agree: ${budgets} budgets, ${batches} batches, ${entries} ledger entries, ${records.checkpoints} checkpoints.`
  const lines = [
    ...differences.map(
      ({ check, where, expected, found }) => `${where} ${found}, expected ${expected} (${ADVICE[check]})`,
    ),
    ...records.findings,
  ]
  context.out.result({ ok: wrong === 0, ...figures, records: { ...records, head } }, () => [
    ...(wrong === 0 ? [agreed] : lines),
    ...records.notes.map(note => `note: ${note}`),
  ])
}

import { auditBooks } from '../../../budget/audit.ts'
import { advice } from '../../../budget/difference.ts'
import type { Reconciliation } from '../../../budget/reconcile.ts'
import { CampError } from '../../../errors.ts'
import { t } from '../../../language/text.ts'
import { acceptHead, formatHead, parseHead } from '../../../security/kept-head.ts'
import type { RecordAudit } from '../../../security/record-audit.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { confirm } from '../../prompt.ts'
import type * as commands from './index.ts'

/**
 * Checks the figures, the records, and what this machine and the caller remember of them. Ends with exit code 6 if anything does
 * not agree.
 */
export async function audit(context: Context, options: OptionsOf<typeof commands.audit>): Promise<void> {
  const expected = options.expect === undefined ? undefined : parseHead(options.expect)
  if (options.acceptHead) await acceptNewest(context)
  else await context.actor()
  const deps = { pool: await context.pool(), keys: await context.keys(), keeper: context.config }
  const { figures, records, wrong } = await auditBooks(deps, expected)
  print(context, figures, records, wrong, options.head ?? false)
  if (wrong === 0) return
  throw new CampError('BUDGET_AUDIT_FAILED', t`${wrong} difference(s) found`, {
    hint: t`Stop the workers, keep a copy of the database, and see docs/reliability.md,
      "When the budget audit finds a difference".`,
  })
}

async function acceptNewest(context: Context): Promise<void> {
  const actor = await context.admin()
  await confirm(
    context,
    t`Forget the checkpoint that this machine has seen? Do this only after you have restored a backup.`,
  )
  const deps = { pool: await context.pool(), keys: await context.keys(), keeper: context.config }
  await acceptHead(deps, actor.id)
}

function print(
  context: Context,
  figures: Reconciliation,
  records: RecordAudit,
  wrong: number,
  headOnly: boolean,
): void {
  const { budgets, batches, entries, differences } = figures
  const head = records.head && formatHead(records.head)
  if (headOnly && wrong === 0) {
    context.out.result({ head }, head ?? t`no checkpoint yet`)
    return
  }
  const agreed = t`No difference: ${budgets} budgets, ${batches} batches, ${entries} ledger entries,
    ${records.checkpoints} checkpoints.`
  const lines = [
    ...differences.map(
      ({ check, where, expected, found }) => t`${where} ${found}, expected ${expected} (${advice()[check]})`,
    ),
    ...records.findings,
  ]
  context.out.result({ ok: wrong === 0, ...figures, records: { ...records, head } }, () => [
    ...(wrong === 0 ? [agreed] : lines),
    ...records.notes.map(note => t`note: ${note}`),
  ])
}

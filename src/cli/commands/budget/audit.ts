import { auditBooks } from '../../../budget/audit.ts'
import { advice } from '../../../budget/difference.ts'
import { CampError } from '../../../errors.ts'
import { storedText } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import { formatHead } from '../../../security/kept-head.ts'
import type { Context } from '../../context.ts'

/**
 * Checks the figures, and the records as `camp audit verify` does. Ends with exit code 6 if anything does not agree.
 */
export async function audit(context: Context): Promise<void> {
  await context.actor()
  const deps = { pool: await context.pool(), keys: await context.keys(), keeper: context.keeper }
  const { figures, records, wrong } = await auditBooks(deps)
  const { budgets, batches, entries, differences } = figures
  const head = records.head && formatHead(records.head)
  const agreed = t`No difference. Compared: budgets ${budgets}, batches ${batches}, ledger entries ${entries}, checkpoints
    ${records.checkpoints}.`
  const lines = [
    ...differences.map(
      ({ check, where, expected, found }) => t`${where} ${found}, expected ${expected} (${advice()[check]})`,
    ),
    ...records.findings.map(storedText),
  ]
  context.out.result({ ok: wrong === 0, ...figures, records: { ...records, head } }, () => [
    ...(wrong === 0 ? [agreed] : lines),
    ...records.notes.map(note => t`note: ${storedText(note)}`),
  ])
  if (wrong === 0) return
  throw new CampError('BUDGET_AUDIT_FAILED', t`${wrong} difference(s) found`, {
    hint: t`Stop the workers, keep a copy of the database, and see docs/reliability.md, "When the budget audit finds a difference".`,
  })
}

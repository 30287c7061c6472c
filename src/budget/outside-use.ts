import { v7 as uuidv7 } from 'uuid'
import { locking } from '../database/lock-order.ts'
import type { Tx } from '../database/pool.ts'
import { recordAudit } from '../security/audit-log.ts'
import { moneyOf } from './money.ts'

/** What the old system has used of a budget, as an entry of the ledger. */
export interface OutsideUse {
  budgetId: string
  wallet: string
  year: number
  month: number
  /** A decimal; negative if less was used than an earlier entry says. */
  amount: string
  messages: number
}

/**
 * Writes to the ledger what the messages of archived campaigns cost that were sent, or may have been, in the months of these
 * budgets: an ADJUST entry with the difference to earlier ones, and its audit. A second call writes nothing.
 * Entries of camp budget adjust are left alone: their audit has a reason.
 * @param timezone decides the month of a message
 */
export async function recordOutsideUse(
  tx: Tx,
  budgetIds: readonly string[],
  { userId, timezone, now }: { userId: string; timezone: string; now: Date },
): Promise<OutsideUse[]> {
  await locking(tx, 'Budget').query(`SELECT 1 FROM "Budget" WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE`, [
    budgetIds,
  ])
  const { rows } = await tx.query<OutsideUse>(
    `WITH used AS (
       SELECT c.wallet_id, date_trunc('month', l.sent_at AT TIME ZONE $2) AS month, sum(c.unit_cost) AS amount, count(*)::int AS messages
       FROM "CampaignLead" l JOIN "Campaign" c ON c.id = l.campaign_id
       WHERE c.status = 'ARCHIVED' AND c.unit_cost IS NOT NULL AND l.status IN ('SENT', 'DELIVERED', 'READ', 'IN_DOUBT')
       GROUP BY 1, 2
     ), told AS (
       SELECT budget_id, sum(amount) AS amount, sum(messages)::int AS messages FROM "BudgetEntry" e
       WHERE kind = 'ADJUST' AND batch_id IS NULL AND NOT EXISTS (
         SELECT 1 FROM "AuditEvent" a
         WHERE a.subject = 'Budget' AND a.subject_id = e.budget_id::text AND a.action = 'budget.adjust'
           AND a.detail ->> 'entry' = e.id::text AND a.detail ->> 'reason' IS NOT NULL)
       GROUP BY 1
     )
     SELECT b.id AS "budgetId", w.name AS wallet, b.year, b.month,
            (coalesce(u.amount, 0) - coalesce(t.amount, 0))::numeric(14, 4) AS amount,
            coalesce(u.messages, 0) - coalesce(t.messages, 0) AS messages
     FROM "Budget" b
     JOIN "Wallet" w ON w.id = b.wallet_id
     LEFT JOIN used u ON u.wallet_id = b.wallet_id AND u.month = make_date(b.year, b.month, 1)
     LEFT JOIN told t ON t.budget_id = b.id
     WHERE b.id = ANY($1::uuid[]) AND coalesce(u.amount, 0) <> coalesce(t.amount, 0)
     ORDER BY b.id`,
    [budgetIds, timezone],
  )
  for (const use of rows) await writeUse(tx, use, userId, now)
  return rows.filter(use => moneyOf(use.amount) !== 0n)
}

async function writeUse(tx: Tx, { budgetId, amount, messages }: OutsideUse, userId: string, now: Date): Promise<void> {
  const entry = uuidv7()
  await tx.query(
    `WITH entry AS (
       INSERT INTO "BudgetEntry" (id, budget_id, kind, amount, messages, user_id, reason, created_at)
       VALUES ($1, $2, 'ADJUST', $3, $4, $5, 'used by the old system', $6)
     )
     UPDATE "Budget" SET used_budget = used_budget + $3::numeric, updated_at = $6 WHERE id = $2`,
    [entry, budgetId, amount, messages, userId, now],
  )
  const detail = { entry, amount, messages }
  await recordAudit(tx, { userId, action: 'budget.adjust', subject: 'Budget', subjectId: budgetId, detail })
}

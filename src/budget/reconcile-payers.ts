import type { Sql } from '../database/pool.ts'
import type { Difference } from './difference.ts'

const BATCH_NAME = `format('campaign %s, batch %s', c.agendamento_id, t.number)`
const BUDGET_NAME = `format('%s %s-%s', w.name, b.year, lpad(b.month::text, 2, '0'))`

/**
 * The claim, the settle and later corrections write entries, each for a batch. An entry without one is wrong, unless it is what another
 * system has used (src/budget/outside-use.ts) or an adjustment (src/budget/adjust.ts), and the audit has it.
 */
export async function strayEntries(sql: Sql): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `SELECT 'ENTRY' AS check, format('budget %s: ledger entry %s', ${BUDGET_NAME}, e.id) AS where,
            'a batch' AS expected, format('%s %s of no batch', e.kind, e.amount) AS found
     FROM "BudgetEntry" e JOIN "Budget" b ON b.id = e.budget_id JOIN "Wallet" w ON w.id = b.wallet_id
     WHERE e.batch_id IS NULL AND NOT (e.kind = 'ADJUST' AND EXISTS (
       SELECT 1 FROM "AuditEvent" a
       WHERE a.subject = 'Budget' AND a.subject_id = e.budget_id::text AND a.action = 'budget.adjust'
         AND a.detail ->> 'entry' = e.id::text AND a.detail ->> 'amount' = e.amount::text))
     ORDER BY e.n`,
  )
  return rows
}

/**
 * A batch is paid by its campaign's wallet, and all that it holds by one budget at one price (decision 13). If it was claimed
 * again in another month or at another price, the whole first cost must have been returned.
 */
export async function wrongPayers(sql: Sql): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `WITH paid AS (
       SELECT batch_id, budget_id, amount / nullif(messages, 0) AS price, sum(amount) AS total
       FROM "BudgetEntry" WHERE batch_id IS NOT NULL GROUP BY 1, 2, 3
     )
     SELECT 'PAYER' AS check, ${BATCH_NAME} || format(': paid by %s', ${BUDGET_NAME}) AS where,
            CASE WHEN b.wallet_id <> c.wallet_id THEN 'nothing of another wallet'
                 WHEN p.budget_id IS DISTINCT FROM t.budget_id THEN 'nothing: its budget is another'
                 ELSE format('nothing at another price than %s', t.unit_cost) END AS expected,
            p.total::numeric(14, 4)::text AS found
     FROM paid p JOIN "Batch" t ON t.id = p.batch_id JOIN "Campaign" c ON c.id = t.campaign_id
     JOIN "Budget" b ON b.id = p.budget_id JOIN "Wallet" w ON w.id = b.wallet_id
     WHERE b.wallet_id <> c.wallet_id
        OR (p.total <> 0 AND (p.budget_id IS DISTINCT FROM t.budget_id OR p.price IS DISTINCT FROM t.unit_cost))
     ORDER BY c.agendamento_id, t.number`,
  )
  return rows
}

/**
 * A claim is paid by the month in which it was made. One day of tolerance on both sides: months end at different times in
 * different time zones, and CAMP_TZ may have changed.
 */
export async function wrongMonths(sql: Sql): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `WITH claimed AS (
       SELECT batch_id, budget_id, created_at AS at FROM "BudgetEntry"
       WHERE batch_id IS NOT NULL AND kind = 'RESERVE' AND reason IS NULL
       UNION SELECT id, budget_id, claimed_at FROM "Batch" WHERE budget_id IS NOT NULL AND claimed_at IS NOT NULL AND reserved <> 0
     )
     SELECT 'MONTH' AS check, ${BATCH_NAME} || ': claimed' AS where, 'a time in the month of ' || ${BUDGET_NAME} AS expected,
            to_char(k.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS found
     FROM claimed k JOIN "Batch" t ON t.id = k.batch_id JOIN "Campaign" c ON c.id = t.campaign_id
     JOIN "Budget" b ON b.id = k.budget_id JOIN "Wallet" w ON w.id = b.wallet_id
     WHERE (k.at AT TIME ZONE 'UTC') < make_timestamp(b.year, b.month, 1, 0, 0, 0) - interval '1 day'
        OR (k.at AT TIME ZONE 'UTC') > make_timestamp(b.year, b.month, 1, 0, 0, 0) + interval '1 month 1 day'
     ORDER BY c.agendamento_id, t.number`,
  )
  return rows
}

/**
 * A batch's price must be one at which its campaign was approved: a price that changed between two batches needed a new approval.
 * Without an approval on record it must be the campaign's own price.
 */
export async function wrongPrices(sql: Sql): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `WITH approved AS (
       SELECT subject_id, array_agg(DISTINCT (detail ->> 'unit_cost')::numeric(10, 4)) AS prices FROM "AuditEvent"
       WHERE subject = 'Campaign' AND action = 'campaign.approve' AND detail ->> 'unit_cost' ~ '^[0-9]+([.][0-9]+)?$'
       GROUP BY subject_id
     )
     SELECT 'PRICE' AS check, ${BATCH_NAME} || ': unit_cost' AS where,
            array_to_string(coalesce(a.prices, ARRAY[c.unit_cost]), ' or ') AS expected, t.unit_cost::text AS found
     FROM "Batch" t JOIN "Campaign" c ON c.id = t.campaign_id LEFT JOIN approved a ON a.subject_id = c.id::text
     WHERE t.unit_cost <> ALL (coalesce(a.prices, ARRAY[c.unit_cost]))
     ORDER BY c.agendamento_id, t.number`,
  )
  return rows
}

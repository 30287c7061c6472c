import type { Sql } from '../database/pool.ts'
import type { Difference } from './difference.ts'

/**
 * A limit must be the one that the last audited change set. Use may exceed it if an audited change lowered it, by messages that were
 * delivered after their cost had been returned (correctCosts in src/budget/ledger.ts), by what another system used
 * (src/budget/outside-use.ts), or by an adjustment (src/budget/adjust.ts). It may never exceed the highest limit ever set plus those.
 */
export async function wrongLimits(sql: Sql): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `WITH set AS (
       SELECT subject_id, n, CASE WHEN detail ->> 'to' ~ '^[0-9]+([.][0-9]+)?$' THEN (detail ->> 'to')::numeric END AS amount
       FROM "AuditEvent" WHERE subject = 'Budget' AND action = 'budget.set'
     ), told AS (
       SELECT subject_id, (array_agg(amount ORDER BY n DESC))[1]::numeric(14, 2) AS last, max(amount) AS highest
       FROM set GROUP BY subject_id
     ), figured AS (
       SELECT format('budget %s %s-%s', w.name, b.year, lpad(b.month::text, 2, '0')) AS name, b.budget, b.used_budget, t.last,
              t.highest + (SELECT coalesce(sum(greatest(amount, 0)), 0) FROM "BudgetEntry"
                           WHERE budget_id = b.id AND (kind = 'ADJUST' OR (kind = 'RESERVE' AND reason IS NOT NULL))) AS most
       FROM "Budget" b JOIN "Wallet" w ON w.id = b.wallet_id LEFT JOIN told t ON t.subject_id = b.id::text
     )
     SELECT 'LIMIT' AS check, name || ': limit' AS where, coalesce(last::text, 'one that camp budget set has set') AS expected,
            budget::text AS found
     FROM figured WHERE budget IS DISTINCT FROM last
     UNION ALL
     SELECT 'LIMIT', name || ': used_budget', 'at most ' || most::numeric(14, 4), used_budget::text
     FROM figured WHERE used_budget > most
     ORDER BY 2`,
  )
  return rows
}

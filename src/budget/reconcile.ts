import type { Sql } from '../database/pool.ts'
import type { Difference } from './difference.ts'
import { unlikeItsApproval } from './reconcile-approvals.ts'
import { wrongCounters } from './reconcile-counters.ts'
import { wrongHistories, wrongStatuses } from './reconcile-leads.ts'
import { wrongLimits } from './reconcile-limits.ts'
import { strayEntries, wrongMonths, wrongPayers, wrongPrices } from './reconcile-payers.ts'
import { wrongErasures, wrongRecipients } from './reconcile-recipients.ts'

export interface Reconciliation {
  budgets: number
  entries: number
  batches: number
  differences: Difference[]
}

/**
 * Recomputes all figures from the ledger, the leads and the record of attempts: invariant (c). A change made on all sides at once
 * agrees; the checkpoints find it (src/security/record-audit.ts). Must be called in a REPEATABLE READ transaction, so that a
 * running dispatch is read in one snapshot. No lead is held in memory: PostgreSQL compares, one campaign at a time where it
 * sorts.
 */
export async function reconcileBudgets(sql: Sql): Promise<Reconciliation> {
  const { rows } = await sql.query<Omit<Reconciliation, 'differences'>>(
    `SELECT (SELECT count(*)::int FROM "Budget") AS budgets, (SELECT count(*)::int FROM "BudgetEntry") AS entries,
            (SELECT count(*)::int FROM "Batch") AS batches`,
  )
  const differences: Difference[] = []
  for (const check of CHECKS) differences.push(...(await check(sql)))
  return { ...rows[0]!, differences }
}

const CHECKS: readonly ((sql: Sql) => Promise<Difference[]>)[] = [
  wrongBudgets,
  wrongLimits,
  strayEntries,
  wrongPayers,
  wrongMonths,
  wrongPrices,
  unlikeItsApproval,
  wrongBatches,
  wrongCounters,
  wrongLeads,
  wrongStatuses,
  wrongHistories,
  wrongRecipients,
  wrongErasures,
]

/** A budget's use must be the sum of its ledger. */
async function wrongBudgets(sql: Sql): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `SELECT 'LEDGER' AS check, format('budget %s %s-%s: used_budget', w.name, b.year, lpad(b.month::text, 2, '0')) AS where,
            e.total AS expected, b.used_budget AS found
     FROM "Budget" b
     JOIN "Wallet" w ON w.id = b.wallet_id
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(amount), 0)::numeric(14, 4) AS total FROM "BudgetEntry" WHERE budget_id = b.id
     ) e
     WHERE e.total <> b.used_budget
     ORDER BY 2`,
  )
  return rows
}

/**
 * What a batch has reserved must be the sum of its ledger entries, in all months, and its messages times its price. (A batch that
 * was claimed again after a new approval may hold two prices: then only the sum is checked.)
 */
async function wrongBatches(sql: Sql): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `WITH ledger AS (
       SELECT batch_id, sum(amount) AS total, sum(messages) AS messages, count(DISTINCT amount / nullif(messages, 0)) AS prices
       FROM "BudgetEntry" WHERE batch_id IS NOT NULL GROUP BY 1
     ), figured AS (
       SELECT t.campaign_id, t.number, t.reserved, coalesce(l.total, 0) AS total,
              CASE WHEN l.prices > 1 THEN l.total ELSE coalesce(t.unit_cost * l.messages, 0) END AS priced
       FROM "Batch" t LEFT JOIN ledger l ON l.batch_id = t.id
     )
     SELECT 'BATCH' AS check, format('campaign %s, batch %s: reserved', c.agendamento_id, f.number) AS where,
            CASE WHEN f.total <> f.reserved THEN f.total ELSE f.priced END::numeric(14, 4) AS expected, f.reserved AS found
     FROM figured f JOIN "Campaign" c ON c.id = f.campaign_id
     WHERE f.reserved <> f.total OR f.reserved <> f.priced
     ORDER BY c.agendamento_id, f.number`,
  )
  return rows
}

/**
 * The messages that a batch has in the ledger must be the billed leads that it claimed last, and every billed lead must have a
 * batch. If a message costs nothing there is no ledger to compare with.
 */
async function wrongLeads(sql: Sql): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `WITH booked AS (
       SELECT batch_id, sum(messages) AS messages FROM "BudgetEntry" WHERE batch_id IS NOT NULL GROUP BY 1
     ), billed AS (
       SELECT campaign_id, batch_number AS number, count(*) AS leads FROM "CampaignLead" WHERE billed GROUP BY 1, 2
     ), compared AS (
       SELECT coalesce(t.campaign_id, l.campaign_id) AS campaign_id, t.number, t.unit_cost,
              coalesce(k.messages, 0) AS messages, coalesce(l.leads, 0) AS leads
       FROM "Batch" t
       LEFT JOIN booked k ON k.batch_id = t.id
       FULL JOIN billed l ON l.campaign_id = t.campaign_id AND l.number = t.number
     )
     SELECT 'LEADS' AS check, format('campaign %s, ', c.agendamento_id)
              || coalesce('batch ' || d.number || ': billed leads', 'billed leads in no batch') AS where,
            d.messages::text AS expected, d.leads::text AS found
     FROM compared d JOIN "Campaign" c ON c.id = d.campaign_id
     WHERE d.messages <> d.leads AND d.unit_cost IS DISTINCT FROM 0
     ORDER BY 2`,
  )
  return rows
}

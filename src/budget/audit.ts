import type { Sql } from '../database/pool.ts'

/** Two figures that must be one. */
export interface Difference {
  check: 'LEDGER' | 'BATCH' | 'LEADS'
  where: string
  expected: string
  found: string
}

export interface AuditResult {
  budgets: number
  entries: number
  batches: number
  differences: Difference[]
}

/**
 * Counts everything again, from the ledger and the leads: invariant (c). To be called in a REPEATABLE READ transaction, so
 * that a running dispatch is seen at one moment.
 */
export async function auditBudgets(sql: Sql): Promise<AuditResult> {
  const { rows } = await sql.query<Omit<AuditResult, 'differences'>>(
    `SELECT (SELECT count(*)::int FROM "Budget") AS budgets, (SELECT count(*)::int FROM "BudgetEntry") AS entries,
            (SELECT count(*)::int FROM "Batch") AS batches`,
  )
  const differences = [...(await wrongBudgets(sql)), ...(await wrongBatches(sql)), ...(await wrongLeads(sql))]
  return { ...rows[0]!, differences }
}

/** A budget's use is the sum of its ledger. */
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
 * What a batch has reserved is the sum of its ledger entries, whatever month paid them, and so many messages at its price. (A
 * batch that was claimed again after a new approval may hold two prices: then the sum alone counts.)
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
 * The messages that a batch has booked are its billed leads. A batch that was planned again for leads left over (a split, a
 * retry) spans others' leads, so batches whose ranges touch are counted as one; and no lead may be billed that no batch holds.
 * Where a message costs nothing there is no ledger to compare with.
 */
async function wrongLeads(sql: Sql): Promise<Difference[]> {
  const { rows } = await sql.query<Difference>(
    `WITH booked AS (
       SELECT batch_id, sum(messages) AS messages FROM "BudgetEntry" WHERE batch_id IS NOT NULL GROUP BY 1
     ), ranged AS (
       SELECT t.*, coalesce(k.messages, 0) AS messages,
              t.from_seq > max(t.to_seq) OVER (
                PARTITION BY t.campaign_id ORDER BY t.from_seq, t.to_seq, t.number
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS apart
       FROM "Batch" t LEFT JOIN booked k ON k.batch_id = t.id
       WHERE t.kind = 'SEND'
     ), grouped AS (
       SELECT *, count(*) FILTER (WHERE apart) OVER (PARTITION BY campaign_id ORDER BY from_seq, to_seq, number) AS island
       FROM ranged
     ), island AS (
       SELECT campaign_id, string_agg(number::text, ', ' ORDER BY number) AS numbers, min(from_seq) AS from_seq,
              max(to_seq) AS to_seq, coalesce(bool_or(unit_cost = 0), false) AS free, sum(messages) AS messages
       FROM grouped GROUP BY campaign_id, island
     ), counted AS (
       SELECT i.*, (SELECT count(*) FROM "CampaignLead" l
                    WHERE l.campaign_id = i.campaign_id AND l.seq BETWEEN i.from_seq AND i.to_seq AND l.billed) AS billed
       FROM island i
     ), outside AS (
       SELECT c.id AS campaign_id,
              (SELECT count(*) FROM "CampaignLead" l WHERE l.campaign_id = c.id AND l.billed)
                - coalesce((SELECT sum(billed) FROM counted n WHERE n.campaign_id = c.id), 0) AS billed
       FROM "Campaign" c
     ), difference AS (
       SELECT campaign_id, 'batch ' || numbers || ': billed leads' AS what, messages AS expected, billed AS found
       FROM counted WHERE messages <> billed AND NOT free
       UNION ALL
       SELECT campaign_id, 'billed leads in no batch', 0, billed FROM outside WHERE billed <> 0
     )
     SELECT 'LEADS' AS check, format('campaign %s, %s', c.agendamento_id, d.what) AS where, d.expected::text, d.found::text
     FROM difference d JOIN "Campaign" c ON c.id = d.campaign_id
     ORDER BY 2`,
  )
  return rows
}

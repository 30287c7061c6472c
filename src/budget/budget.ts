import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { locking } from '../database/lock-order.ts'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import { recordAudit } from '../security/audit-log.ts'
import type { Month } from './month.ts'

/** The state of a budget. Decimal strings with four decimals; `available` may be negative. */
export interface BudgetPosition {
  budget: string
  used: string
  /** What running and approved campaigns may still spend. */
  committed: string
  /** budget − used − committed: what another campaign may cost. */
  available: string
}

/** The current time and the time zone: they decide which month pays for a campaign that is due. */
export interface Present {
  now: Date
  timezone: string
}

/**
 * Committed is unit cost × PENDING leads of the wallet's campaigns that may still send (FAILED ones can be resumed). A campaign
 * spends in the month in which it sends: the month of its schedule, or the current month if that is later.
 * @returns null when the wallet has no budget for the month
 */
export async function budgetPosition(
  sql: Sql,
  walletId: string,
  year: number,
  month: number,
  { now, timezone }: Present,
): Promise<BudgetPosition | null> {
  const { rows } = await sql.query<BudgetPosition>(
    `WITH pending AS (
       SELECT c.unit_cost * (SELECT count(*) FROM "CampaignLead" l WHERE l.campaign_id = c.id AND l.status = 'PENDING') AS cost
       FROM "Campaign" c
       WHERE c.wallet_id = $1 AND c.status IN ('APPROVED', 'PROCESSING', 'PAUSED', 'FAILED')
         AND date_trunc('month', greatest(c.scheduled_at, $4::timestamptz) AT TIME ZONE $5) = make_date($2, $3, 1)
     ), committed AS (
       SELECT coalesce(sum(cost), 0) AS cost FROM pending
     )
     SELECT b.budget::numeric(14, 4) AS budget, b.used_budget AS used, c.cost::numeric(14, 4) AS committed,
            (b.budget - b.used_budget - c.cost)::numeric(14, 4) AS available
     FROM "Budget" b, committed c
     WHERE b.wallet_id = $1 AND b.year = $2 AND b.month = $3`,
    [walletId, year, month, now, timezone],
  )
  return rows[0] ?? null
}

export interface LimitChange {
  walletId: string
  month: Month
  /** A decimal string. */
  limit: string
  userId: string
}

/**
 * Sets a month's limit, which may be below what is already used. The change is recorded in the audit, not in the ledger: the
 * ledger records use only.
 * @returns the budget's id, and the previous limit (null: there was none)
 */
export function setBudget(pool: pg.Pool, change: LimitChange): Promise<{ id: string; before: string | null }> {
  return transaction(pool, tx => writeLimit(tx, change))
}

async function writeLimit(
  tx: Tx,
  { walletId, month: { year, month }, limit, userId }: LimitChange,
): Promise<{ id: string; before: string | null }> {
  const old = await locking(tx, 'Budget').query<{ budget: string }>(
    `SELECT budget FROM "Budget" WHERE wallet_id = $1 AND year = $2 AND month = $3 FOR NO KEY UPDATE`,
    [walletId, year, month],
  )
  const before = old.rows[0]?.budget ?? null
  const { rows } = await tx.query<{ id: string }>(
    `INSERT INTO "Budget" (id, wallet_id, year, month, budget, updated_at) VALUES ($1, $2, $3, $4, $5, now())
     ON CONFLICT (wallet_id, month, year) DO UPDATE SET budget = excluded.budget, updated_at = now()
     RETURNING id`,
    [uuidv7(), walletId, year, month, limit],
  )
  const id = rows[0]!.id
  await recordAudit(tx, {
    userId,
    action: 'budget.set',
    subject: 'Budget',
    subjectId: id,
    detail: { wallet_id: walletId, year, month, from: before, to: limit },
  })
  return { id, before }
}

export interface BudgetRow {
  id: string
  wallet: string
  year: number
  month: number
  budget: string
  used_budget: string
}

/** All budgets, or those of one wallet, latest month first. */
export async function listBudgets(sql: Sql, walletId: string | null): Promise<BudgetRow[]> {
  const { rows } = await sql.query<BudgetRow>(
    `SELECT b.id, w.name AS wallet, b.year, b.month, b.budget::numeric(14, 4) AS budget, b.used_budget
     FROM "Budget" b JOIN "Wallet" w ON w.id = b.wallet_id
     WHERE $1::uuid IS NULL OR b.wallet_id = $1
     ORDER BY b.year DESC, b.month DESC, w.name`,
    [walletId],
  )
  return rows
}

export interface LedgerEntry {
  id: string
  created_at: Date
  kind: 'RESERVE' | 'RELEASE' | 'ADJUST'
  /** Signed: a reserve is positive, a release negative. */
  amount: string
  messages: number
  campaign: string | null
  batch: number | null
  user: string | null
  reason: string | null
}

/** A budget's ledger in the order in which it was written; null if there is no such budget. */
export async function ledgerOf(sql: Sql, walletId: string, { year, month }: Month): Promise<LedgerEntry[] | null> {
  const budget = await sql.query<{ id: string }>(
    `SELECT id FROM "Budget" WHERE wallet_id = $1 AND year = $2 AND month = $3`,
    [walletId, year, month],
  )
  if (!budget.rows[0]) return null
  const { rows } = await sql.query<LedgerEntry>(
    `SELECT e.id, e.created_at, e.kind, e.amount, e.messages, c.agendamento_id AS campaign, t.number AS batch,
            u.email AS user, e.reason
     FROM "BudgetEntry" e
     LEFT JOIN "Batch" t ON t.id = e.batch_id
     LEFT JOIN "Campaign" c ON c.id = t.campaign_id
     LEFT JOIN "User" u ON u.id = e.user_id
     WHERE e.budget_id = $1
     ORDER BY e.created_at, e.id`,
    [budget.rows[0].id],
  )
  return rows
}

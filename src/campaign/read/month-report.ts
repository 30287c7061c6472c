import type pg from 'pg'
import { formatMoney, moneyOf } from '../../budget/money.ts'
import { formatMonth, type Month } from '../../budget/month.ts'
import { type Sql, transaction } from '../../database/pool.ts'
import { ACCEPTED_LEAD } from '../../lifecycle/accepted-lead.ts'

/**
 * What was sent and spent in a month. A message belongs to the month whose budget holds its cost; without a cost, to the month
 * of its claim. Amounts are decimal strings with four decimals.
 */
export interface MonthReport {
  /** YYYY-MM. */
  month: string
  /** By name; wallets with a budget for the month, or with a campaign that sent in it. */
  wallets: MonthOfWallet[]
  /** By wallet, then oldest first. */
  campaigns: MonthOfCampaign[]
  /**
   * Whether, in the same snapshot, each budget's use is the sum of its ledger, and the price of its billed messages plus its
   * adjustments.
   */
  books_agree: boolean
}

export interface MonthFigures {
  /** Rows of the files, of all campaigns that sent in the month: a campaign of two months counts in both. */
  rows: number
  /** Without fish, as `delivered`, `read` and `in_doubt`. */
  accepted: number
  /** Includes messages that were read. */
  delivered: number
  read: number
  in_doubt: number
  /** Messages whose cost is in the ledger: also fish, and messages in doubt. */
  billed: number
  spent: string
}

export interface MonthOfWallet extends MonthFigures {
  wallet: string
  campaigns: number
  /** The sum of its ledger's ADJUST entries: used, and not for a campaign of camp. */
  adjusted: string
  /** null: it has no budget for the month. */
  limit: string | null
}

export interface MonthOfCampaign extends MonthFigures {
  agendamento_id: string
  name: string
  wallet: string
  broker: string
}

export interface MonthQuery {
  month: Month
  timezone: string
  /** null: all wallets. */
  walletId: string | null
}

/** One snapshot; PostgreSQL counts, and one row for each campaign is returned. */
export function monthReport(pool: pg.Pool, query: MonthQuery): Promise<MonthReport> {
  return transaction(pool, async tx => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const campaigns = await campaignsOf(tx, query)
    const budgets = await budgetsOf(tx, query)
    const names = [...new Set([...budgets, ...campaigns].map(({ wallet }) => wallet))].sort()
    const budgetOf = new Map(budgets.map(budget => [budget.wallet, budget]))
    return {
      month: formatMonth(query.month),
      wallets: names.map(wallet => totalOf(wallet, campaigns, budgetOf.get(wallet))),
      campaigns,
      books_agree: budgets.every(doesAgree),
    }
  })
}

async function campaignsOf(sql: Sql, { month, timezone, walletId }: MonthQuery): Promise<MonthOfCampaign[]> {
  const { rows } = await sql.query<MonthOfCampaign>(
    `WITH batch AS (
       SELECT t.id, t.campaign_id, t.number FROM "Batch" t
       JOIN "Campaign" c ON c.id = t.campaign_id
       LEFT JOIN "Budget" b ON b.id = t.budget_id
       WHERE t.kind = 'SEND' AND t.claimed_at IS NOT NULL AND ($3::uuid IS NULL OR c.wallet_id = $3)
         AND CASE WHEN b.id IS NULL THEN date_trunc('month', t.claimed_at AT TIME ZONE $4) = make_date($1, $2, 1)
                  ELSE b.year = $1 AND b.month = $2 END
     ), sent AS (
       SELECT l.campaign_id,
              count(*) FILTER (WHERE NOT l.is_fish AND ${ACCEPTED_LEAD})::int AS accepted,
              count(*) FILTER (WHERE NOT l.is_fish AND l.status IN ('DELIVERED', 'READ'))::int AS delivered,
              count(*) FILTER (WHERE NOT l.is_fish AND l.status = 'READ')::int AS read,
              count(*) FILTER (WHERE NOT l.is_fish AND l.status = 'IN_DOUBT')::int AS in_doubt,
              count(*) FILTER (WHERE l.billed)::int AS billed
       FROM "CampaignLead" l JOIN batch ON batch.campaign_id = l.campaign_id AND batch.number = l.batch_number
       GROUP BY 1
     ), spent AS (
       SELECT t.campaign_id, sum(e.amount) AS amount
       FROM "BudgetEntry" e JOIN "Budget" b ON b.id = e.budget_id JOIN "Batch" t ON t.id = e.batch_id
       WHERE b.year = $1 AND b.month = $2 AND ($3::uuid IS NULL OR b.wallet_id = $3)
       GROUP BY 1
     )
     SELECT c.agendamento_id, c.name, w.name AS wallet, r.name AS broker, c.rows,
            coalesce(s.accepted, 0) AS accepted, coalesce(s.delivered, 0) AS delivered, coalesce(s.read, 0) AS read,
            coalesce(s.in_doubt, 0) AS in_doubt, coalesce(s.billed, 0) AS billed,
            coalesce(p.amount, 0)::numeric(14, 4) AS spent
     FROM "Campaign" c JOIN "Wallet" w ON w.id = c.wallet_id JOIN "Broker" r ON r.id = c.broker_id
     LEFT JOIN sent s ON s.campaign_id = c.id LEFT JOIN spent p ON p.campaign_id = c.id
     WHERE c.id IN (SELECT campaign_id FROM batch) OR coalesce(p.amount, 0) <> 0
     ORDER BY w.name, c.created_at, c.agendamento_id`,
    [month.year, month.month, walletId, timezone],
  )
  return rows
}

interface MonthBudget {
  wallet: string
  limit: string
  used: string
  ledger: string
  /** The price of the billed messages of its batches. */
  priced: string
  adjusted: string
}

function doesAgree({ used, ledger, priced, adjusted }: MonthBudget): boolean {
  return used === ledger && moneyOf(used) === moneyOf(priced) + moneyOf(adjusted)
}

async function budgetsOf(sql: Sql, { month, walletId }: MonthQuery): Promise<MonthBudget[]> {
  const { rows } = await sql.query<MonthBudget>(
    `SELECT w.name AS wallet, b.budget::numeric(14, 4) AS limit, b.used_budget AS used,
            (SELECT coalesce(sum(amount), 0)::numeric(14, 4) FROM "BudgetEntry" WHERE budget_id = b.id) AS ledger,
            (SELECT coalesce(sum(amount), 0)::numeric(14, 4) FROM "BudgetEntry"
             WHERE budget_id = b.id AND kind = 'ADJUST') AS adjusted,
            (SELECT coalesce(sum(t.unit_cost * l.billed), 0)::numeric(14, 4)
             FROM "Batch" t JOIN (
               SELECT campaign_id, batch_number, count(*) AS billed FROM "CampaignLead"
               WHERE billed AND campaign_id IN (SELECT campaign_id FROM "Batch" WHERE budget_id = b.id) GROUP BY 1, 2
             ) l ON l.campaign_id = t.campaign_id AND l.batch_number = t.number
             WHERE t.budget_id = b.id) AS priced
     FROM "Budget" b JOIN "Wallet" w ON w.id = b.wallet_id
     WHERE b.year = $1 AND b.month = $2 AND ($3::uuid IS NULL OR b.wallet_id = $3)
     ORDER BY w.name`,
    [month.year, month.month, walletId],
  )
  return rows
}

function totalOf(wallet: string, all: readonly MonthOfCampaign[], budget: MonthBudget | undefined): MonthOfWallet {
  const campaigns = all.filter(campaign => campaign.wallet === wallet)
  const sum = (of: (campaign: MonthOfCampaign) => number) => campaigns.reduce((total, one) => total + of(one), 0)
  return {
    wallet,
    campaigns: campaigns.length,
    rows: sum(one => one.rows),
    accepted: sum(one => one.accepted),
    delivered: sum(one => one.delivered),
    read: sum(one => one.read),
    in_doubt: sum(one => one.in_doubt),
    billed: sum(one => one.billed),
    spent: formatMoney(campaigns.reduce((total, one) => total + moneyOf(one.spent), 0n)),
    adjusted: budget?.adjusted ?? formatMoney(0n),
    limit: budget?.limit ?? null,
  }
}

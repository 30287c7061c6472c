import { locking } from '../database/lock-order.ts'
import type { Sql, Tx } from '../database/pool.ts'
import { formatMoney, moneyOf } from './money.ts'
import { formatMonth, type Month } from './month.ts'

/** The campaign of claimed batches, with what is needed to reserve their cost. */
export interface Payer {
  campaign_id: string
  agendamento_id: string
  broker_id: string
  wallet_id: string
  /** A decimal. */
  unit_cost: string
}

/** Rolls the claim back; it is retried with the number of messages that the budget still allows. */
export class TooLittleBudget extends Error {
  readonly affordable: number
  readonly payer: Payer
  readonly reason: string

  constructor(affordable: number, payer: Payer, reason: string) {
    super(reason)
    this.affordable = affordable
    this.payer = payer
    this.reason = reason
  }
}

/**
 * Reserves the cost of batches before anything is sent, in one statement that either fits or changes nothing, so that no number
 * of workers can exceed the limit. Each batch has its own entry in the ledger. The row stays locked until the commit, so this is
 * the claim's last step.
 * @throws TooLittleBudget
 */
export async function reserve(
  tx: Tx,
  payer: Payer,
  batches: readonly { id: string; messages: number }[],
  { year, month }: Month,
  now: Date,
): Promise<void> {
  const unit = moneyOf(payer.unit_cost)
  if (unit === 0n) return
  const cost = formatMoney(unit * BigInt(batches.reduce((sum, { messages }) => sum + messages, 0)))
  const { rows } = await locking(tx, 'Budget').query<{ id: string }>(
    `WITH booked AS (
       UPDATE "Budget" SET used_budget = used_budget + $4::numeric, updated_at = $6
       WHERE wallet_id = $1 AND year = $2 AND month = $3 AND used_budget + $4::numeric <= budget
       RETURNING id
     ), entry AS (
       INSERT INTO "BudgetEntry" (id, budget_id, kind, amount, messages, batch_id, created_at)
       SELECT gen_random_uuid(), booked.id, 'RESERVE', $8::numeric * n.messages, n.messages, n.batch_id, $6
       FROM booked, unnest($5::uuid[], $7::int[]) AS n(batch_id, messages)
     )
     SELECT id FROM booked`,
    [
      payer.wallet_id,
      year,
      month,
      cost,
      batches.map(batch => batch.id),
      now,
      batches.map(batch => batch.messages),
      formatMoney(unit),
    ],
  )
  if (rows[0]) return
  const left = await budgetLeft(tx, payer.wallet_id, year, month)
  const period = formatMonth({ year, month })
  const reason =
    left === undefined
      ? `the wallet has no budget for ${period}`
      : `too little budget for ${period}: ${formatMoney(left)} left, a message costs ${formatMoney(unit)}`
  // May be enough for all, if the budget was raised since the statement ran: then the claim is retried.
  const affordable = left === undefined || left < 0n ? 0 : Number(left / unit)
  throw new TooLittleBudget(affordable, payer, reason)
}

async function budgetLeft(sql: Sql, walletId: string, year: number, month: number): Promise<bigint | undefined> {
  const { rows } = await sql.query<{ left: string }>(
    `SELECT budget - used_budget AS left FROM "Budget" WHERE wallet_id = $1 AND year = $2 AND month = $3`,
    [walletId, year, month],
  )
  return rows[0] && moneyOf(rows[0].left)
}

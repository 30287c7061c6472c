import type pg from 'pg'
import { moneyOf } from '../../src/budget/money.ts'
import type { Stage } from './stage.ts'

/** What a campaign's leads were, at the last look: their statuses never go back. */
export type Seen = Map<string, { read: number; delivered: number }>

/**
 * What must hold at any moment (docs/design.md#invariants: a, c, d, e, g), from one snapshot.
 * @returns what does not hold, in words
 */
export async function wrongNow(stage: Stage, seen: Seen): Promise<string[]> {
  const { duplicates } = await stage.stats()
  const wrong = duplicates > 0 ? [`(a) the broker got ${duplicates} messages twice`] : []
  const client = await stage.pool.connect()
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    wrong.push(...(await wrongBudgets(client)), ...(await wrongCampaigns(client, seen)))
    await client.query('ROLLBACK')
    client.release()
  } catch (error) {
    client.release(error as Error)
    throw error
  }
  return wrong
}

async function wrongBudgets(client: pg.PoolClient): Promise<string[]> {
  const { rows } = await client.query<Record<'wallet' | 'budget' | 'used' | 'ledger' | 'billed', string>>(
    `SELECT w.name AS wallet, b.budget, b.used_budget AS used,
            (SELECT coalesce(sum(amount), 0) FROM "BudgetEntry" WHERE budget_id = b.id) AS ledger,
            (SELECT coalesce(sum(c.unit_cost), 0) FROM "CampaignLead" l JOIN "Campaign" c ON c.id = l.campaign_id
             WHERE c.wallet_id = w.id AND l.billed) AS billed
     FROM "Budget" b JOIN "Wallet" w ON w.id = b.wallet_id`,
  )
  return rows.flatMap(({ wallet, budget, used, ledger, billed }) => [
    ...(moneyOf(used) === moneyOf(ledger) ? [] : [`(c) ${wallet}: used ${used}, ledger ${ledger}`]),
    ...(moneyOf(used) === moneyOf(billed) ? [] : [`(c) ${wallet}: used ${used}, billed leads ${billed}`]),
    ...(moneyOf(used) <= moneyOf(budget) ? [] : [`(c) ${wallet}: used ${used} of ${budget}`]),
  ])
}

async function wrongCampaigns(client: pg.PoolClient, seen: Seen): Promise<string[]> {
  const { rows } = await client.query<{
    id: string
    status: string
    open_leads: number
    open_batches: number
    late_claims: number
    read: number
    delivered: number
  }>(
    `SELECT c.id, c.status,
            count(*) FILTER (WHERE l.status IN ('PENDING', 'SENDING'))::int AS open_leads,
            count(*) FILTER (WHERE l.status = 'READ')::int AS read,
            count(*) FILTER (WHERE l.status IN ('DELIVERED', 'READ'))::int AS delivered,
            (SELECT count(*)::int FROM "Batch" WHERE campaign_id = c.id AND status IN ('QUEUED', 'SENDING')) AS open_batches,
            (SELECT count(*)::int FROM "Batch" WHERE campaign_id = c.id AND c.status = 'PAUSED'
               AND claimed_at > c.updated_at + interval '1 second') AS late_claims
     FROM "Campaign" c JOIN "CampaignLead" l ON l.campaign_id = c.id GROUP BY c.id`,
  )
  return rows.flatMap(({ id, status, open_leads, open_batches, late_claims, read, delivered }) => {
    const before = seen.get(id) ?? { read: 0, delivered: 0 }
    seen.set(id, { read, delivered })
    return [
      ...(status === 'FINISHED' && open_leads + open_batches > 0
        ? [`(d) ${id} is FINISHED with ${open_leads} leads and ${open_batches} batches open`]
        : []),
      ...(late_claims > 0 ? [`(e) ${id} claimed ${late_claims} batches after its pause`] : []),
      ...(read < before.read || delivered < before.delivered ? [`(g) statuses of ${id} went back`] : []),
    ]
  })
}

/** A pause, by the database's clock: from its acknowledgement to the moment before its resume. */
export interface Stop {
  campaignId: string
  from: Date
  to: Date
}

export async function databaseTime(pool: pg.Pool): Promise<Date> {
  const { rows } = await pool.query<{ now: Date }>(`SELECT clock_timestamp() AS now`)
  return rows[0]!.now
}

/** (e), by the record of attempts: no request of a campaign was written while it stood stopped. */
export async function startedWhileStopped(stage: Stage, stops: readonly Stop[]): Promise<string[]> {
  const wrong: string[] = []
  for (const { campaignId, from, to } of stops) {
    const { rows } = await stage.pool.query<{ late: number }>(
      `SELECT count(*)::int AS late
       FROM "LeadEvent", unnest(coalesce(written_ms, '{0}')) AS ms
       WHERE campaign_id = $1 AND written_at + ms * interval '1 millisecond' BETWEEN $2 AND $3`,
      [campaignId, from, to],
    )
    const late = rows[0]!.late
    if (late > 0) wrong.push(`(e) ${campaignId} started ${late} requests after its pause of ${from.toISOString()}`)
  }
  return wrong
}

/** What the broker knows a lead by: Twilio has no key of ours, and its campaign has no phone twice. */
export const KEY_SQL = `CASE WHEN r.adapter = 'TWILIO' THEN l.phone ELSE l.id::text END`

export interface Totals {
  leads: number
  sent: number
  refused: number
  capped: number
  cancelled: number
  inDoubt: number
  pending: number
  lost: number
  duplicates: number
  wrong: string[]
}

interface LeadRow {
  id: string
  key: string
  status: string
  error_code: string | null
  phone: string
  campaign: string
  campaign_status: string
}

const ACCEPTED = new Set(['SENT', 'DELIVERED', 'READ'])

/** Every lead against the broker's own count: (a), (b), (f). */
export async function compareWithBroker(stage: Stage): Promise<Totals> {
  const { rows } = await stage.pool.query<LeadRow>(
    `SELECT l.id, ${KEY_SQL} AS key, l.status, l.error_code, l.phone, c.agendamento_id AS campaign, c.status AS campaign_status
     FROM "CampaignLead" l JOIN "Campaign" c ON c.id = l.campaign_id JOIN "Broker" r ON r.id = c.broker_id`,
  )
  const counts = await stage.countsOf(rows.map(row => row.key))
  const totals: Totals = {
    leads: rows.length,
    sent: 0,
    refused: 0,
    capped: 0,
    cancelled: 0,
    inDoubt: 0,
    pending: 0,
    lost: 0,
    duplicates: 0,
    wrong: [],
  }
  const received = new Map<string, number>()
  for (const lead of rows) {
    const count = counts.get(lead.key) ?? 0
    received.set(lead.phone, (received.get(lead.phone) ?? 0) + count)
    if (count > 1) totals.duplicates += count - 1
    if (ACCEPTED.has(lead.status)) {
      totals.sent++
      if (count === 0) totals.lost++
    } else if (lead.status === 'IN_DOUBT') totals.inDoubt++
    else if (lead.status === 'ERROR') {
      if (lead.error_code === 'FREQUENCY_CAP') totals.capped++
      else if (lead.error_code === 'CANCELLED') totals.cancelled++
      else totals.refused++
      if (lead.error_code === 'CANCELLED' && lead.campaign_status !== 'CANCELLED')
        totals.wrong.push(`(b) ${lead.id} is CANCELLED, its campaign is ${lead.campaign_status}`)
      if (lead.error_code === null) totals.wrong.push(`(b) ${lead.id} is ERROR without a reason`)
      // What the broker took and could not deliver is an error as well; Twilio's codes for that are 30xxx.
      if (count > 0 && !/^(UNDELIVERABLE|30\d{3})$/.test(lead.error_code ?? '')) {
        totals.wrong.push(`(b) ${lead.id} was sent and is ERROR ${lead.error_code}`)
      }
    } else {
      totals.pending++
      if (count > 0) totals.wrong.push(`(b) ${lead.id} was sent and is ${lead.status}`)
      if (lead.campaign_status === 'FINISHED' || lead.campaign_status === 'CANCELLED') totals.lost++
    }
  }
  const twice = [...received].filter(([, count]) => count > 1)
  if (twice.length > 0) totals.wrong.push(`(f) ${twice.length} people got more than one message`)
  return totals
}

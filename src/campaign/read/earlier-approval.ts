import { moneyOf } from '../../budget/money.ts'
import type { Sql } from '../../database/pool.ts'
import { t } from '../../language/text.ts'
import { DONE_BY } from '../../security/audit-log.ts'

/** The last approval of a campaign that waits for another one, and what differs from it now. */
export interface EarlierApproval {
  at: string
  /** An e-mail address; null: a standing approval. */
  by: string | null
  /** Why it no longer holds: a retry, or a change. */
  reason: string | null
  /** "price 0.0450, now 0.0500"; empty if only what the reason names differs. */
  changes: string[]
}

/** @returns null if it was never approved */
export async function earlierApprovalOf(sql: Sql, campaignId: string): Promise<EarlierApproval | null> {
  const { rows } = await sql.query<Row>(
    `SELECT e.at, ${DONE_BY} AS by, c.failure_reason AS reason, e.detail ->> 'unit_cost' AS unit_then,
            b.cost_per_message AS unit_now, e.detail ->> 'leads' AS leads_then, c.lead_count AS leads_now,
            e.detail ->> 'fish' AS fish_then, c.fish AS fish_now, e.detail ->> 'purpose' AS purpose_then, c.purpose AS purpose_now
     FROM "AuditEvent" e
     LEFT JOIN "User" u ON u.id = e.user_id
     JOIN "Campaign" c ON c.id = $1::uuid
     JOIN "Broker" b ON b.id = c.broker_id
     WHERE e.subject = 'Campaign' AND e.subject_id = $1::text AND e.action = 'campaign.approve'
     ORDER BY e.at DESC, e.id DESC LIMIT 1`,
    [campaignId],
  )
  const row = rows[0]
  if (!row) return null
  const { at, by, reason } = row
  return { at: at.toISOString(), by, reason, changes: changesIn(row) }
}

interface Row {
  at: Date
  by: string | null
  reason: string | null
  unit_then: string | null
  unit_now: string
  leads_then: string | null
  leads_now: number
  fish_then: string | null
  fish_now: number
  purpose_then: string | null
  purpose_now: string | null
}

function changesIn(row: Row): string[] {
  const { unit_then, unit_now, leads_then, leads_now, fish_then, fish_now, purpose_then, purpose_now } = row
  return [
    unit_then !== null && moneyOf(unit_then) !== moneyOf(unit_now) && t`price ${unit_then}, now ${unit_now}`,
    leads_then !== null && Number(leads_then) !== leads_now && t`${leads_then} leads, now ${leads_now}`,
    fish_then !== null && Number(fish_then) !== fish_now && t`${fish_then} fish, now ${fish_now}`,
    purpose_then !== purpose_now && t`purpose ${purpose_then ?? t`none`}, now ${purpose_now ?? t`none`}`,
  ].filter(change => change !== false)
}

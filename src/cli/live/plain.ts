import type { LiveCampaign } from '../../campaign/read/live.ts'
import type { Surroundings } from './layout.ts'

/** A campaign's figures for programs; `event` names the line. Times are ISO 8601, money is a decimal string. */
export interface LiveEvent {
  event: 'progress'
  campaign: string
  status: string
  sent: number
  total: number
  accepted: number
  /** null: callbacks cannot come, so it is not known. */
  delivered: number | null
  read: number | null
  refused: number
  in_doubt: number
  per_minute: number | null
  expected_end: string | null
  cost: { used: string; ceiling: string }
  reasons: Record<string, number>
  /** Why nothing is sent. */
  waits: { why: string; until: string | null } | null
}

export function eventOf(campaign: LiveCampaign): LiveEvent {
  const { wait, isFollowed } = campaign
  return {
    event: 'progress',
    campaign: campaign.handle,
    status: campaign.status,
    sent: Math.min(campaign.total, campaign.accepted + campaign.refused + campaign.inDoubt),
    total: campaign.total,
    accepted: campaign.accepted,
    delivered: isFollowed ? campaign.delivered : null,
    read: isFollowed ? campaign.read : null,
    refused: campaign.refused,
    in_doubt: campaign.inDoubt,
    per_minute: campaign.perMinute,
    expected_end: campaign.ends?.toISOString() ?? null,
    cost: campaign.cost,
    reasons: Object.fromEntries(campaign.reasons.map(({ code, leads }) => [code, leads])),
    waits: wait && { why: wait.why, until: 'until' in wait ? (wait.until?.toISOString() ?? null) : null },
  }
}

/** campaign=C261128-99561 status=PROCESSING sent=112 … What is null is left out. */
export function plainLine(campaign: LiveCampaign): string {
  const { cost, reasons, waits, event: _event, ...figures } = eventOf(campaign)
  const named = Object.entries(reasons).map(([code, leads]) => `${code}:${leads}`)
  return pairs({
    ...figures,
    ...{ cost: cost.used, at_most: cost.ceiling, reasons: named.join(',') || null },
    ...{ waits: waits?.why ?? null, until: waits?.until ?? null },
  })
}

export function surroundingsEvent({ workers, ...backlog }: Surroundings) {
  return { event: 'workers', workers, ...backlog }
}

/** workers=2 batches=14 callbacks=0 */
export function surroundingsLine({ workers, batches, callbacks }: Surroundings): string {
  return pairs({ workers: workers.length, batches, callbacks })
}

function pairs(values: Record<string, string | number | null>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}=${/^[^\s"=]+$/.test(String(value)) ? value : JSON.stringify(value)}`)
    .join(' ')
}

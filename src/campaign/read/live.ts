import { formatMoney, moneyOf } from '../../budget/money.ts'
import { formatThrottle } from '../../campaign-settings/throttle-text.ts'
import type { Sql } from '../../database/pool.ts'
import { holdOf } from '../../installation/installation.ts'
import type { CampaignStatus } from '../../lifecycle/campaign-status.ts'
import { IMPORT_CODES } from '../../lifecycle/refusal-codes.ts'
import { forecastOf, type Present } from './forecast.ts'
import { isSettled, type Progress, progressMeter } from './progress.ts'
import { stopView } from './stop-view.ts'
import { type Wait, waitOf } from './wait.ts'
import { callbackUrlInUse, servedOf } from './workers.ts'

/** A campaign as the live display shows it. Leads include the fish; money is a decimal string. */
export interface LiveCampaign extends Progress {
  id: string
  handle: string
  name: string
  wallet: string
  broker: string
  /** The e-mail address of its importer. */
  importer: string
  /** As it is typed: fixed:30s. */
  throttle: string
  /** Accepted or refused within the last minute, scaled to a minute; null: nothing was. */
  perMinute: number | null
  /** About when its last message is sent; null: unknown, or nothing is sent without a command or a worker. */
  ends: Date | null
  cost: { used: string; ceiling: string }
  /** Refused leads by reason, most frequent first. */
  reasons: { code: string; leads: number }[]
  wait: Wait | null
  /** Callbacks can come: deliveries that are not reported yet are 0. Otherwise their number is not known. */
  isFollowed: boolean
}

export interface LiveMeter {
  /** In the order of the ids; a campaign that no longer exists is left out. */
  read(ids: readonly string[], present: Present): Promise<LiveCampaign[]>
}

/** What takes long is read again after this time; for many leads, after the longer one. */
const SLOW_MS = { few: 5_000, many: 15_000, manyLeads: 20_000 }

/**
 * For a display that reads several times a second: counts, cost and reasons to wait are read each time, the expected end and the
 * reasons of refusals every few seconds.
 */
export function liveMeter(sql: Sql): LiveMeter {
  const meters = new Map<string, ReturnType<typeof progressMeter>>()
  const slow = new Map<string, Slow & { status: CampaignStatus; at: number }>()
  const slowOf = async (id: string, { status, total }: Progress, present: Present): Promise<Slow> => {
    const known = slow.get(id)
    const goodMs = total > SLOW_MS.manyLeads ? SLOW_MS.many : SLOW_MS.few
    if (known && known.status === status && +present.now - known.at < goodMs) return known
    const read = { ...(await readSlow(sql, id, present)), status, at: +present.now }
    slow.set(id, read)
    return read
  }
  return {
    async read(ids, present) {
      const headers = await readHeaders(sql, ids)
      const served = await servedOf(sql, [...new Set(headers.map(header => header.broker))])
      const held = (await holdOf(sql))?.reason ?? null
      const isFollowed = (await callbackUrlInUse(sql)) !== undefined
      const campaigns: LiveCampaign[] = []
      for (const header of headers) {
        const meter = meters.get(header.id) ?? progressMeter(sql, header.id)
        meters.set(header.id, meter)
        const progress = await meter.read()
        const { ends, reasons } = await slowOf(header.id, progress, present)
        const isServed = served.has(header.broker)
        const stop = isSettled(progress) ? await stopView(sql, { id: header.id, status: progress.status }) : null
        campaigns.push({
          ...progress,
          id: header.id,
          handle: header.handle,
          name: header.name,
          wallet: header.wallet,
          broker: header.broker,
          importer: header.importer,
          throttle: formatThrottle({ type: header.throttling_type, config: header.throttling_config }),
          perMinute: header.recent === 0 ? null : Math.max(1, Math.round((60 * header.recent) / header.recent_s)),
          ends: isServed && held === null && !isSettled(progress) ? ends : null,
          cost: costOf(header, progress),
          reasons,
          wait: waitOf({ ...factsOf(header, progress), stop, held, isServed }, present.now),
          isFollowed: isFollowed || progress.delivered > 0,
        })
      }
      return campaigns
    },
  }
}

/** At most: what is reserved, and the price of each lead that is still to be claimed. */
function costOf(
  { used, unit, sending }: Header,
  { total, accepted, refused, inDoubt }: Progress,
): LiveCampaign['cost'] {
  const open = Math.max(0, total - accepted - refused - inDoubt - sending)
  return { used, ceiling: formatMoney(moneyOf(used) + moneyOf(unit) * BigInt(open)) }
}

function factsOf(header: Header, { status, failureReason, waitingUntil }: Progress) {
  const { blocked_since, blocked_until, blocked_reason } = header
  const broker =
    blocked_since && blocked_until ? { since: blocked_since, until: blocked_until, reason: blocked_reason ?? '' } : null
  const forHours = header.for_hours === true
  return {
    ...{ status, failureReason, waitingUntil, broker, forHours },
    ...{ scheduledAt: header.scheduled_at, closed: header.closed },
  }
}

interface Header {
  id: string
  handle: string
  name: string
  wallet: string
  broker: string
  importer: string
  unit: string
  scheduled_at: Date | null
  throttling_type: string
  throttling_config: unknown
  blocked_since: Date | null
  blocked_until: Date | null
  blocked_reason: string | null
  used: string
  sending: number
  closed: number
  for_hours: boolean | null
  recent: number
  recent_s: number
}

async function readHeaders(sql: Sql, ids: readonly string[]): Promise<Header[]> {
  const { rows } = await sql.query<Header>(
    `SELECT c.id, c.agendamento_id AS handle, c.name, w.name AS wallet, r.name AS broker, u.email AS importer,
            coalesce(c.unit_cost, r.cost_per_message)::numeric(10, 4) AS unit, c.scheduled_at, c.throttling_type,
            c.throttling_config, s.blocked_since, s.blocked_until, s.blocked_reason, q.*,
            greatest(5, least(60, coalesce(extract(epoch FROM clock_timestamp() - c.started_at), 60)))::float8 AS recent_s
     FROM unnest($1::uuid[]) WITH ORDINALITY AS i(id, n)
     JOIN "Campaign" c ON c.id = i.id
     JOIN "Wallet" w ON w.id = c.wallet_id
     JOIN "Broker" r ON r.id = c.broker_id
     JOIN "User" u ON u.id = c.user_id
     LEFT JOIN "Credential" k ON k.wallet_id = c.wallet_id AND k.broker_id = c.broker_id
     LEFT JOIN "SendSlot" s ON s.id = k.id AND s.blocked_until > clock_timestamp() AND s.blocked_since IS NOT NULL
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(reserved), 0)::numeric(14, 4) AS used,
              coalesce(sum(size - accepted - refused) FILTER (WHERE status = 'SENDING'), 0)::int AS sending,
              coalesce(sum(size - accepted - refused) FILTER (
                WHERE status = 'QUEUED' AND waiting_for_hours AND not_before > clock_timestamp()), 0)::int AS closed,
              bool_and(waiting_for_hours) FILTER (WHERE status = 'QUEUED' AND enqueued_at IS NOT NULL) AS for_hours,
              coalesce(sum(accepted + refused) FILTER (
                WHERE settled_at > clock_timestamp() - interval '60 seconds'), 0)::int AS recent
       FROM "Batch" WHERE campaign_id = c.id
     ) q
     ORDER BY i.n`,
    [ids],
  )
  return rows
}

interface Slow {
  ends: Date | null
  reasons: LiveCampaign['reasons']
}

async function readSlow(sql: Sql, id: string, present: Present): Promise<Slow> {
  const { expected_end } = await forecastOf(sql, id, present)
  const { rows } = await sql.query<{ code: string; leads: number }>(
    `SELECT coalesce(error_code, 'REFUSED') AS code, count(*)::int AS leads FROM "CampaignLead"
     WHERE campaign_id = $1 AND status = 'ERROR' AND NOT coalesce(error_code, '') = ANY($2) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5`,
    [id, IMPORT_CODES],
  )
  return { ends: expected_end === null ? null : new Date(expected_end), reasons: rows }
}

/** @returns the ids of the campaigns in these states, the last started first, then the newest */
export async function liveIds(sql: Sql, statuses: readonly CampaignStatus[], limit: number): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT id FROM "Campaign" WHERE status::text = ANY($1)
     ORDER BY array_position($1, status::text), started_at DESC NULLS LAST, created_at DESC LIMIT $2`,
    [statuses, limit],
  )
  return rows.map(row => row.id)
}

/** What waits for workers. */
export interface Backlog {
  /** Batches that are enqueued and may be sent now. */
  batches: number
  /** Callbacks that were stored and not looked at yet, and since when the oldest of them waits. */
  callbacks: number
  callbacks_since: Date | null
}

export async function backlogOf(sql: Sql): Promise<Backlog> {
  const { rows } = await sql.query<Backlog>(
    `SELECT (SELECT count(*)::int FROM "Batch" b JOIN "Campaign" c ON c.id = b.campaign_id
             WHERE c.status = 'PROCESSING' AND b.status = 'QUEUED' AND b.enqueued_at IS NOT NULL
               AND coalesce(b.not_before, '-infinity') <= clock_timestamp()) AS batches,
            n.callbacks, n.callbacks_since
     FROM (SELECT count(*)::int AS callbacks, min(received_at) AS callbacks_since
           FROM "WebhookEvent" WHERE applied_at IS NULL AND next_try_at IS NULL) n`,
  )
  return rows[0]!
}

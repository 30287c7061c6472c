import { adapterOf } from '../../broker/registry.ts'
import { type ContactHours, isWithinHours } from '../../calendar/contact-hours.ts'
import { OWN_HOLIDAYS_SQL, withOwn } from '../../calendar/custom-holidays.ts'
import { isNationalHoliday } from '../../calendar/national-holidays.ts'
import { hoursOf } from '../../campaign-settings/contact-hours.ts'
import { columnsSql, type SettingColumns } from '../../campaign-settings/schema.ts'
import { throttlingOf } from '../../campaign-settings/throttling.ts'
import type { Sql } from '../../database/pool.ts'
import { rampCount } from '../../dispatch/pacing/ramp.ts'
import { batchLimits, effectiveBatchSize } from '../../dispatch/plan/batch-size.ts'
import { type Expectation, expectedEnd, type Load } from '../../dispatch/plan/expected-end.ts'
import { stalledCampaigns } from '../../dispatch/stalled.ts'
import { holdOf } from '../../installation/installation.ts'
import type { CampaignStatus } from '../../lifecycle/campaign-status.ts'
import { AREA_TABLE, REGIONS } from '../../recipient/regions.ts'
import { type Opening, openingOf } from './opening.ts'
import { type RefusalForecast, refusalForecastOf } from './refusal-forecast.ts'
import { isServed } from './workers.ts'

/** What is expected of a campaign at a given time; `show --json` prints it beside the campaign. */
export interface Forecast extends RefusalForecast {
  /** About when its last message is sent; ISO 8601. null: nothing is sent without a command, or not within half a year. */
  expected_end: string | null
  /** Its scheduled start was missed by more than start_before: it waits for a person. */
  start_missed: boolean
  /** The handle of the recurring campaign that opened it. */
  recurrence: string | null
  /** If it would start outside the contact hours: when the first message may be sent (ISO 8601), and why not earlier. */
  opens_at: string | null
  closed_because: string | null
  /**
   * Since when it has had work due without a claim or a settle; ISO 8601. null: it is making progress, or waits for a time that
   * has not come.
   */
  stalled_since: string | null
  /** A worker that serves its broker is alive. Without one nothing is sent. */
  worker_running: boolean
  /** Why nothing is sent from this database until a person decides (camp db accept-restore). */
  held: string | null
}

export interface Present {
  now: Date
  timezone: string
}

/** A campaign that is not imported yet, described by its flags and its file. */
export interface PlannedCampaign {
  loads: readonly Load[]
  throttle: { type: string; config: unknown }
  rateLimit: string | null
  hours: ContactHours
  /** The installation's own holidays, in the form that `withOwn` takes. */
  ownHolidays: readonly string[]
  scheduledAt: Date | null
  /** The broker's name. */
  broker: string
}

/** @returns the forecast of a campaign that is not imported yet, or was just imported */
export async function forecastPlanned(
  sql: Sql,
  plan: PlannedCampaign,
  present: Present,
): Promise<Omit<Forecast, keyof RefusalForecast>> {
  const from = later(present.now, plan.scheduledAt)
  return {
    expected_end: plannedEnd(plan, from, present.timezone)?.toISOString() ?? null,
    start_missed: false,
    recurrence: null,
    ...openingView(openingOf(plan.hours, placesOf(plan.loads), from, holidayTest(plan.ownHolidays))),
    stalled_since: null,
    worker_running: await isServed(sql, plan.broker),
    held: (await holdOf(sql))?.reason ?? null,
  }
}

/** @returns undefined if it is not within half a year, or nothing is to be sent */
function plannedEnd(plan: PlannedCampaign, from: Date, timezone: string): Date | undefined {
  if (plan.loads.length === 0) return undefined
  return expectedEnd({
    from,
    loads: plan.loads,
    throttling: throttlingOf(plan.throttle.type, plan.throttle.config),
    rateLimit: plan.rateLimit === null ? null : Number(plan.rateLimit),
    seenMs: null,
    hours: plan.hours,
    ramp: { timezone, taken: 0, daysBefore: 0 },
    isOpen: openIn(plan.hours, plan.ownHolidays),
  })
}

export async function forecastOf(sql: Sql, campaignId: string, present: Present): Promise<Forecast> {
  const campaign = await readCampaign(sql, campaignId)
  const loads = await loadsOf(sql, campaign)
  const end = await endOf(sql, campaign, loads, present)
  const from = campaign.status === 'PROCESSING' ? present.now : later(present.now, campaign.scheduled_at)
  const hold = await holdOf(sql)
  return {
    expected_end: hold ? null : (end?.toISOString() ?? null),
    start_missed: isMissed(campaign, present.now),
    recurrence: campaign.recurrence,
    ...(await refusalForecastOf(sql, campaignId, present)),
    ...openingView(openingOf(hoursOf(campaign), placesOf(loads), from, holidayTest(campaign.own_holidays))),
    stalled_since: await stalledSince(sql, campaignId, present),
    worker_running: await isServed(sql, campaign.broker),
    held: hold?.reason ?? null,
  }
}

/**
 * Only the end, for a list of campaigns: one count of the leads each.
 * @returns null as `Forecast.expected_end`
 */
export async function expectedEndOf(sql: Sql, campaignId: string, present: Present): Promise<Date | null> {
  const campaign = await readCampaign(sql, campaignId)
  return (await endOf(sql, campaign, await loadsOf(sql, campaign), present)) ?? null
}

async function stalledSince(sql: Sql, campaignId: string, { now }: Present): Promise<string | null> {
  const [stalled] = await stalledCampaigns(sql, now, { campaignId })
  return stalled?.since.toISOString() ?? null
}

/** What may be sent without another command, once it is approved; empty for a campaign that is stopped. */
async function loadsOf(sql: Sql, campaign: CampaignRow): Promise<Load[]> {
  const { status } = campaign
  if (status === 'PROCESSING') return queuedLoads(sql, campaign)
  return status === 'APPROVED' || status === 'PENDING_APPROVAL' ? pendingLoads(sql, campaign) : []
}

/** How many messages the contact hours alone would allow now, and how many only later. */
export async function sendableAt(
  sql: Sql,
  campaignId: string,
  { now }: Pick<Present, 'now'>,
): Promise<{ now: number; later: number; opening: Opening | null }> {
  const campaign = await readCampaign(sql, campaignId)
  const loads = await pendingLoads(sql, campaign)
  const isOpen = openIn(hoursOf(campaign), campaign.own_holidays)
  const sum = { now: 0, later: 0 }
  for (const { zone, messages } of loads) sum[isOpen(zone, now) ? 'now' : 'later'] += messages
  return {
    ...sum,
    opening: openingOf(hoursOf(campaign), placesOf(loads), now, holidayTest(campaign.own_holidays)),
  }
}

function placesOf(loads: readonly Load[]): string[] {
  return loads.map(load => load.zone)
}

function openingView(opening: Opening | null): Pick<Forecast, 'opens_at' | 'closed_because'> {
  return { opens_at: opening?.at.toISOString() ?? null, closed_because: opening?.because ?? null }
}

/** Whether an approved campaign's schedule was missed by more than it allows (`dueCampaigns` has the same condition in SQL). */
function isMissed({ status, scheduled_at, start_before }: CampaignRow, now: Date): boolean {
  return status === 'APPROVED' && scheduled_at !== null && +scheduled_at + start_before * 60_000 < +now
}

async function endOf(
  sql: Sql,
  campaign: CampaignRow,
  loads: readonly Load[],
  { now, timezone }: Present,
): Promise<Date | undefined> {
  const { status, rate_limit } = campaign
  const hours = hoursOf(campaign)
  const isRunning = status === 'PROCESSING'
  if (loads.length === 0) return undefined
  const throttling = throttlingOf(campaign.throttling_type, campaign.throttling_config)
  const ramp = throttling.type === 'ramp' ? await rampCount(sql, campaign.id, now, timezone) : NO_DAYS
  return expectedEnd({
    from: isRunning ? later(now, campaign.slot_at, campaign.blocked_until) : later(now, campaign.scheduled_at),
    loads,
    throttling,
    rateLimit: rate_limit === null ? null : Number(rate_limit),
    seenMs: isRunning ? await seenMs(sql, campaign.id, now) : null,
    hours,
    ramp: { ...ramp, timezone },
    isOpen: openIn(hours, campaign.own_holidays),
  })
}

const NO_DAYS = { taken: 0, daysBefore: 0 }

function openIn(hours: ContactHours, own: readonly string[]): Expectation['isOpen'] {
  const isHoliday = holidayTest(own)
  return (place, at) => isWithinHours(hours, place, at, isHoliday)
}

function holidayTest(own: readonly string[]) {
  return withOwn(isNationalHoliday, own)
}

function later(now: Date, ...others: (Date | null)[]): Date {
  return new Date(Math.max(...[now, ...others].map(Number)))
}

interface CampaignRow extends SettingColumns {
  id: string
  status: CampaignStatus
  broker: string
  adapter: string
  rate_limit: string | null
  max_batch: number | null
  own_holidays: string[]
  /** When its next message may start. */
  slot_at: Date | null
  /** The broker asked to wait, or it does not answer. */
  blocked_until: Date | null
  recurrence: string | null
}

async function readCampaign(sql: Sql, campaignId: string): Promise<CampaignRow> {
  const { rows } = await sql.query<CampaignRow>(
    `SELECT c.id, c.status, r.name AS broker, r.adapter, r.rate_limit, r.max_batch, ${columnsSql('c')}, ${OWN_HOLIDAYS_SQL} AS own_holidays,
            (SELECT next_at FROM "SendSlot" WHERE id = c.id) AS slot_at,
            (SELECT s.blocked_until FROM "Credential" k JOIN "SendSlot" s ON s.id = k.id
             WHERE k.wallet_id = c.wallet_id AND k.broker_id = c.broker_id) AS blocked_until,
            (SELECT e.handle FROM "Occurrence" o JOIN "Recurrence" e ON e.id = o.recurrence_id WHERE o.campaign_id = c.id) AS recurrence
     FROM "Campaign" c JOIN "Broker" r ON r.id = c.broker_id WHERE c.id = $1`,
    [campaignId],
  )
  return rows[0]!
}

/**
 * For a running campaign, the loads are read from its batches: some thousands, even for many leads. Messages that a batch's
 * earlier attempts refused are not counted.
 */
async function queuedLoads(sql: Sql, campaign: CampaignRow): Promise<Load[]> {
  const { messagesPerRequest } = await adapterOf(campaign.adapter)
  const { rows } = await sql.query<Load>(
    `SELECT coalesce(nullif(region, ''), zone) AS zone, sum(size - accepted - refused)::int AS messages,
            (CASE WHEN $2 = 1 THEN sum(size - accepted - refused) ELSE count(*) END)::int AS requests
     FROM "Batch" WHERE campaign_id = $1 AND kind = 'SEND' AND status = 'QUEUED' AND size > accepted + refused
     GROUP BY 1 ORDER BY min(from_seq)`,
    [campaign.id, messagesPerRequest],
  )
  return rows
}

/**
 * For a campaign that is not planned yet, its leads, counted in the batches that the plan will make (src/dispatch/plan/plan.ts).
 */
async function pendingLoads(sql: Sql, campaign: CampaignRow): Promise<Load[]> {
  const adapter = await adapterOf(campaign.adapter)
  const size = effectiveBatchSize(batchLimits(adapter, campaign))
  const { rows } = await sql.query<Load>(
    `WITH region_of AS (
       SELECT * FROM unnest($2::text[], $3::text[]) AS z(ddd, region)
     ), part AS (
       SELECT coalesce(z.region, '') AS zone, CASE WHEN $4 THEN l.custom_message END AS text, count(*) AS messages
       FROM "CampaignLead" l LEFT JOIN region_of z ON z.ddd = substr(l.phone, 3, 2)
       WHERE l.campaign_id = $1 AND l.status = 'PENDING' GROUP BY 1, 2
     )
     SELECT zone, sum(messages)::int AS messages,
            sum(CASE WHEN $6 = 1 THEN messages ELSE ceil(messages::numeric / $5) END)::int AS requests
     FROM part GROUP BY zone ORDER BY array_position($7::text[], zone)`,
    [
      campaign.id,
      AREA_TABLE.ddds,
      AREA_TABLE.regions,
      adapter.oneTextPerRequest,
      size,
      adapter.messagesPerRequest,
      REGIONS.map(region => region.name),
    ],
  )
  return rows
}

/** How much must have been sent recently to estimate the speed. */
const SEEN = { withinMs: 5 * 60_000, messages: 100, spanMs: 5_000 }

/** @returns milliseconds per message, all workers together, over the last minutes; null if too little was sent */
async function seenMs(sql: Sql, campaignId: string, now: Date): Promise<number | null> {
  const { rows } = await sql.query<{ messages: number; span_ms: number }>(
    `SELECT coalesce(sum(accepted + refused), 0)::int AS messages,
            coalesce(extract(epoch FROM max(settled_at) - min(claimed_at)) * 1000, 0)::float8 AS span_ms
     FROM "Batch" WHERE campaign_id = $1 AND kind = 'SEND' AND claimed_at > $2::timestamptz - $3 * interval '1 millisecond'
       AND settled_at IS NOT NULL`,
    [campaignId, now, SEEN.withinMs],
  )
  const { messages, span_ms } = rows[0]!
  return messages < SEEN.messages || span_ms < SEEN.spanMs ? null : span_ms / messages
}

import type { Present } from '../../budget/budget.ts'
import { formatMoney, moneyOf } from '../../budget/money.ts'
import { type ContactHours, nextWithinHours } from '../../calendar/contact-hours.ts'
import { OWN_HOLIDAYS_SQL, ownHolidayKeys, withOwn } from '../../calendar/custom-holidays.ts'
import { isNationalHoliday } from '../../calendar/national-holidays.ts'
import { hoursOf } from '../../campaign-settings/contact-hours.ts'
import { columnsSql, type SettingColumns } from '../../campaign-settings/schema.ts'
import type { Sql } from '../../database/pool.ts'
import { expectedRefusals, type Openings, type Refusals } from '../../dispatch/claim/expected-refusals.ts'
import type { CampaignStatus } from '../../lifecycle/campaign-status.ts'
import { REGIONS } from '../../recipient/regions.ts'

/**
 * Which leads the claim would refuse if a waiting campaign started now, or at its schedule, and what it would then cost. JSON
 * prints it beside the campaign; all fields are null once the campaign has started or ended.
 */
export interface RefusalForecast {
  /** Refused by the frequency cap. */
  capped_now: CappedNow | null
  /** Leads that were put on the blocklist after the import. */
  blocked_now: { leads: number } | null
  /** A decimal string: the ceiling without the leads that would be refused. */
  expected_cost: string | null
}

interface CappedNow {
  /** All that the cap would refuse. */
  leads: number
  /** Of these, leads whose phone or document was sent to less than 24 hours before. */
  written_to: number
  /** When the cap of the last of them ends; ISO 8601. */
  until: string | null
  /** Of these, further leads with the same document in this campaign. */
  same_document: number
}

const NO_FORECAST: RefusalForecast = { capped_now: null, blocked_now: null, expected_cost: null }

/** @param id of an existing campaign */
export async function refusalForecastOf(sql: Sql, id: string, { now }: Present): Promise<RefusalForecast> {
  const { rows } = await sql.query<WaitingCampaign>(
    `SELECT c.id, c.status, ${columnsSql('c')},
            coalesce(c.unit_cost, b.cost_per_message)::numeric(10, 4) AS unit, ${OWN_HOLIDAYS_SQL} AS own_holidays,
            (SELECT coalesce(sum(reserved), 0)::numeric(14, 4) FROM "Batch" WHERE campaign_id = c.id) AS used
     FROM "Campaign" c JOIN "Broker" b ON b.id = c.broker_id WHERE c.id = $1`,
    [id],
  )
  const campaign = rows[0]!
  if (campaign.status !== 'PENDING_APPROVAL' && campaign.status !== 'APPROVED') return NO_FORECAST
  const openings = openingsOf(hoursOf(campaign), campaign.own_holidays, campaign.scheduled_at, now)
  return refusalForecast(await expectedRefusals(sql, campaign, openings), campaign)
}

interface WaitingCampaign extends SettingColumns {
  id: string
  status: CampaignStatus
  own_holidays: string[]
  unit: string
  used: string
}

/** @param cost the unit cost, and what was used before: decimal strings */
export function refusalForecast(refusals: Refusals, cost: { unit: string; used: string }): RefusalForecast {
  const { blocked, writtenTo, until, sameDocument, pending } = refusals
  const capped = writtenTo + sameDocument
  const sent = BigInt(pending - blocked - capped)
  return {
    capped_now: {
      leads: capped,
      written_to: writtenTo,
      until: until?.toISOString() ?? null,
      same_document: sameDocument,
    },
    blocked_now: { leads: blocked },
    expected_cost: formatMoney(moneyOf(cost.used) + moneyOf(cost.unit) * sent),
  }
}

const HORIZON_MS = 21 * 24 * 3_600_000

/**
 * The first time within the contact hours, for recipients of each area code.
 * @param own holidays, in the form that `withOwn` takes
 * @param scheduledAt null: it starts now
 */
function openingsOf(hours: ContactHours, own: readonly string[], scheduledAt: Date | null, now: Date): Openings {
  const start = scheduledAt && scheduledAt > now ? scheduledAt : now
  const isHoliday = withOwn(isNationalHoliday, own)
  const opening = (place: string) =>
    nextWithinHours(hours, place, start, isHoliday) ?? new Date(start.getTime() + HORIZON_MS)
  const areas = REGIONS.flatMap(({ name, ddds }) => {
    const at = opening(name)
    return ddds.map(ddd => ({ ddd: String(ddd), at }))
  })
  return { ddds: areas.map(area => area.ddd), at: areas.map(area => area.at), elsewhere: opening('') }
}

/**
 * The same for a campaign that is not imported yet.
 * @param scheduledAt null: it starts now
 */
export async function openingsFor(
  sql: Sql,
  hours: ContactHours,
  scheduledAt: Date | null,
  now: Date,
): Promise<Openings> {
  return openingsOf(hours, await ownHolidayKeys(sql), scheduledAt, now)
}

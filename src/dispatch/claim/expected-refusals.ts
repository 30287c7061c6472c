import type { Sql } from '../../database/pool.ts'
import { FREQUENCY_CAP_MS, FREQUENCY_CAP_SQL } from './frequency-cap.ts'

/**
 * A forecast of the claim's last rules (screen-leads.ts, frequency-cap.ts): the leads that it would refuse in a campaign that has
 * not started. Nothing is taken, and no row is locked.
 */
export interface Refusals {
  /** Leads that are on the blocklist now. */
  blocked: number
  /** Leads whose phone or document was contacted less than 24 hours before the earliest time at which they can be sent. */
  writtenTo: number
  /** When the last of these is free again. */
  until: Date | null
  /** Further leads with the same document: of those that are free, only the first one is sent. */
  sameDocument: number
  /** All PENDING leads, fish included. */
  pending: number
}

/**
 * The earliest time at which people of each area code can be contacted: two arrays of one length, and the time of all other
 * codes.
 */
export interface Openings {
  ddds: readonly string[]
  at: readonly Date[]
  elsewhere: Date
}

/**
 * One statement, however many leads. Contacts that are too old for every lead are filtered out before the join: a million leads
 * are joined with the contacts of one day, not with those of all years.
 */
export async function expectedRefusals(
  sql: Sql,
  campaign: { id: string; no_cap: boolean; purpose: string | null },
  openings: Openings,
): Promise<Refusals> {
  const since = (opening: Date) => new Date(opening.getTime() - FREQUENCY_CAP_MS)
  const { rows } = await sql.query<Refusals>(
    `WITH area AS (
       SELECT * FROM unnest($2::text[], $3::timestamptz[]) AS a(ddd, since)
     ), lead AS MATERIALIZED (
       SELECT l.id, l.is_fish, l.phone, nullif(l.cpf_cnpj, '') AS document, coalesce(a.since, $4::timestamptz) AS since
       FROM "CampaignLead" l LEFT JOIN area a ON a.ddd = substr(l.phone, 3, 2)
       WHERE l.campaign_id = $1 AND l.status = 'PENDING'
     ), blocked AS MATERIALIZED (
       SELECT l.id FROM lead l JOIN "Blocklist" k ON k.phone = l.phone WHERE NOT l.is_fish AND coalesce(k.purpose = $6, true)
       UNION
       SELECT l.id FROM lead l JOIN "Blocklist" k ON k.cpf_cnpj = l.document WHERE NOT l.is_fish AND coalesce(k.purpose = $6, true)
     ), judged AS (
       SELECT l.document, b.id IS NOT NULL AS blocked, NOT l.is_fish AND b.id IS NULL AS asked,
              greatest(p.last_sent_at, d.last_sent_at) AS last
       FROM lead l
       LEFT JOIN blocked b ON b.id = l.id
       LEFT JOIN "Contact" p ON p.key = 'p:' || l.phone AND p.last_sent_at > $5::timestamptz
         AND p.last_sent_at > l.since AND p.lead_id <> l.id
       LEFT JOIN "Contact" d ON d.key = 'd:' || l.document AND d.last_sent_at > $5::timestamptz
         AND d.last_sent_at > l.since AND d.lead_id <> l.id
     )
     SELECT count(*) FILTER (WHERE blocked)::int AS blocked,
            count(*) FILTER (WHERE asked AND last IS NOT NULL)::int AS "writtenTo",
            max(last) FILTER (WHERE asked) + ${FREQUENCY_CAP_SQL} AS until,
            CASE WHEN $7 THEN 0 ELSE (count(document) FILTER (WHERE asked AND last IS NULL)
              - count(DISTINCT document COLLATE "C") FILTER (WHERE asked AND last IS NULL))::int END AS "sameDocument",
            count(*)::int AS pending
     FROM judged`,
    [
      campaign.id,
      openings.ddds,
      openings.at.map(since),
      since(openings.elsewhere),
      campaign.no_cap ? 'infinity' : since(earliest(openings)),
      campaign.purpose,
      campaign.no_cap,
    ],
  )
  return rows[0]!
}

/**
 * For rows that are in no table (a dry run).
 * @returns key (frequency-cap.ts) → when it was last contacted, for the keys contacted after `since`
 */
export async function contactsSince(sql: Sql, keys: readonly string[], since: Date): Promise<Map<string, Date>> {
  if (keys.length === 0) return new Map()
  const { rows } = await sql.query<{ key: string; last_sent_at: Date }>(
    `SELECT key, last_sent_at FROM "Contact" WHERE key = ANY($1::text[]) AND last_sent_at > $2`,
    [keys, since],
  )
  return new Map(rows.map(row => [row.key, row.last_sent_at]))
}

export function earliest({ at, elsewhere }: Openings): Date {
  return new Date(Math.min(...[...at, elsewhere].map(Number)))
}

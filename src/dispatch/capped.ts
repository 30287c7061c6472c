import type { Sql } from '../database/pool.ts'

/**
 * The claim's last rules (claim-leads.ts, contacts.ts) as a forecast: whom it would refuse of a campaign that has not started.
 * Nothing is taken, and no row is locked.
 */
export interface Refusals {
  /** Leads on the blocklist by now. */
  blocked: number
  /** Leads of which the phone or the document was written to less than 24 hours before their first moment. */
  writtenTo: number
  /** When the last of these is free again. */
  until: Date | null
  /** Further leads of a document: of those that are free the first one is sent to. */
  sameDocument: number
  /** What is to be sent, fish included. */
  pending: number
}

/** When people of each area code can be written to at the earliest: two arrays of one length, and the others' moment. */
export interface Openings {
  ddds: readonly string[]
  at: readonly Date[]
  elsewhere: Date
}

/** The frequency cap's (contacts.ts). */
export const CAP_MS = 24 * 3_600_000

/**
 * One statement, however many leads. Contacts that are too old for every lead are left out before they are joined: a million
 * leads meet the people of one day, and not of all years.
 */
export async function expectedRefusals(
  sql: Sql,
  campaign: { id: string; no_cap: boolean; purpose: string | null },
  openings: Openings,
): Promise<Refusals> {
  const since = (opening: Date) => new Date(opening.getTime() - CAP_MS)
  const { rows } = await sql.query<Refusals>(
    `WITH area AS (
       SELECT * FROM unnest($2::text[], $3::timestamptz[]) AS a(ddd, since)
     ), lead AS (
       SELECT l.id, l.is_fish, 'p:' || l.phone AS phone_key, 'd:' || nullif(l.cpf_cnpj, '') AS document_key,
              coalesce(a.since, $4::timestamptz) AS since,
              NOT l.is_fish AND (
                EXISTS (SELECT 1 FROM "Blocklist" k WHERE k.phone = l.phone AND coalesce(k.purpose = $6, true))
                OR EXISTS (SELECT 1 FROM "Blocklist" k WHERE k.cpf_cnpj = l.cpf_cnpj AND coalesce(k.purpose = $6, true))
              ) AS blocked
       FROM "CampaignLead" l LEFT JOIN area a ON a.ddd = substr(l.phone, 3, 2)
       WHERE l.campaign_id = $1 AND l.status = 'PENDING'
     ), recent AS MATERIALIZED (
       SELECT key, last_sent_at, lead_id FROM "Contact" WHERE NOT $7 AND last_sent_at > $5::timestamptz
     ), judged AS (
       SELECT lead.blocked, lead.document_key, NOT lead.is_fish AND NOT lead.blocked AS asked,
              greatest(p.last_sent_at, d.last_sent_at) AS last
       FROM lead
       LEFT JOIN recent p ON p.key = lead.phone_key AND p.last_sent_at > lead.since AND p.lead_id <> lead.id
       LEFT JOIN recent d ON d.key = lead.document_key AND d.last_sent_at > lead.since AND d.lead_id <> lead.id
     )
     SELECT count(*) FILTER (WHERE blocked)::int AS blocked,
            count(*) FILTER (WHERE asked AND last IS NOT NULL)::int AS "writtenTo",
            max(last) FILTER (WHERE asked) + interval '24 hours' AS until,
            CASE WHEN $7 THEN 0 ELSE (count(document_key) FILTER (WHERE asked AND last IS NULL)
              - count(DISTINCT document_key COLLATE "C") FILTER (WHERE asked AND last IS NULL))::int END AS "sameDocument",
            count(*)::int AS pending
     FROM judged`,
    [
      campaign.id,
      openings.ddds,
      openings.at.map(since),
      since(openings.elsewhere),
      since(earliest(openings)),
      campaign.purpose,
      campaign.no_cap,
    ],
  )
  return rows[0]!
}

/** For rows that are in no table (a dry run). @returns key (contacts.ts) → when it was last written to, of those written to since */
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

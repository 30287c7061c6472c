import type { Sql } from '../database/pool.ts'

/** The transitions into PROCESSING. */
const STARTS: readonly string[] = ['campaign.run', 'campaign.resume', 'campaign.reopen']

/**
 * When campaigns last began to send, by the database's clock: a code that stopped one is judged by what was sent since.
 * @returns by campaign; a campaign that was never started is missing
 */
export async function lastStarts(sql: Sql, campaignIds: readonly string[]): Promise<Map<string, Date>> {
  const { rows } = await sql.query<{ id: string; at: Date }>(
    `SELECT subject_id AS id, max(at) AS at FROM "AuditEvent"
     WHERE subject = 'Campaign' AND subject_id = ANY($1::text[]) AND action = ANY($2::text[]) GROUP BY 1`,
    [campaignIds, STARTS],
  )
  return new Map(rows.map(({ id, at }) => [id, at]))
}

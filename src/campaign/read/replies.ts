import type { Sql } from '../../database/pool.ts'

/** What people answered: all replies, and of these the ones that wait for a user (camp inbox list). */
export interface ReplyCounts {
  total: number
  waiting: number
}

export const NO_REPLIES: ReplyCounts = { total: 0, waiting: 0 }

export async function repliesToCampaign(sql: Sql, campaignId: string): Promise<ReplyCounts> {
  const { rows } = await sql.query<ReplyCounts>(
    `SELECT count(*)::int AS total, count(*) FILTER (WHERE handled_at IS NULL)::int AS waiting
     FROM "InboundMessage" WHERE campaign_id = $1`,
    [campaignId],
  )
  return rows[0]!
}

/** Of a person: from one of the phones, or to one of the leads. */
export async function repliesOfPerson(
  sql: Sql,
  { phones, leadIds }: { phones: readonly string[]; leadIds: readonly string[] },
): Promise<ReplyCounts> {
  const { rows } = await sql.query<ReplyCounts>(
    `SELECT count(*)::int AS total, count(*) FILTER (WHERE handled_at IS NULL)::int AS waiting
     FROM "InboundMessage" WHERE phone = ANY($1) OR lead_id = ANY($2::uuid[])`,
    [phones, leadIds],
  )
  return rows[0]!
}

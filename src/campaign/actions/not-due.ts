import { listedRule } from '../../broker/classify-code.ts'
import { codeOverridesOf } from '../../broker/code-overrides.ts'
import { adapterOf } from '../../broker/registry.ts'
import type { Sql } from '../../database/pool.ts'

/** Failed leads that are not to be sent again yet: their code says when (class `later`). */
export interface NotDue {
  seqs: number[]
  /** When the first of them is due; null: there is none. */
  dueAt: Date | null
}

/** The failed leads of a campaign whose code has a time that is not over, counted from their last failure with it. */
export async function notDueLeads(sql: Sql, campaignId: string, now: Date): Promise<NotDue> {
  const times = await laterTimes(sql, campaignId)
  if (times.length === 0) return { seqs: [], dueAt: null }
  const { rows } = await sql.query<{ seq: number; due_at: Date }>(
    `WITH failed AS (
       SELECT s.seq, e.code, max(e.at) + t.after_ms * interval '1 millisecond' AS due_at
       FROM unnest($2::text[], $3::float8[]) AS t(code, after_ms)
       JOIN "LeadEvent" e ON e.campaign_id = $1 AND e.code = t.code AND e.kind IN ('REFUSED', 'FAILED')
       CROSS JOIN LATERAL unnest(e.seqs) AS r CROSS JOIN LATERAL generate_series(lower(r), upper(r) - 1) AS s(seq)
       GROUP BY s.seq, e.code, t.after_ms
     )
     SELECT l.seq, f.due_at FROM failed f JOIN "CampaignLead" l ON l.campaign_id = $1 AND l.seq = f.seq
     WHERE l.status = 'ERROR' AND l.error_code = f.code AND NOT l.billed AND f.due_at > $4 ORDER BY f.due_at, l.seq`,
    [campaignId, times.map(({ code }) => code), times.map(({ afterMs }) => afterMs), now],
  )
  return { seqs: rows.map(({ seq }) => seq), dueAt: rows[0]?.due_at ?? null }
}

/** The codes of its broker that have a time before which their leads are not sent again. */
async function laterTimes(sql: Sql, campaignId: string): Promise<{ code: string; afterMs: number }[]> {
  const { rows } = await sql.query<{ adapter: string; codes: unknown }>(
    `SELECT r.adapter, r.codes FROM "Campaign" c JOIN "Broker" r ON r.id = c.broker_id WHERE c.id = $1`,
    [campaignId],
  )
  const { codes: table } = await adapterOf(rows[0]!.adapter)
  const overrides = codeOverridesOf(rows[0]!.codes)
  return [...new Set([...Object.keys(table), ...Object.keys(overrides)])].flatMap(code => {
    const { class: codeClass, afterMs } = listedRule({ table, overrides }, code)!
    return codeClass === 'later' && afterMs !== undefined ? [{ code, afterMs }] : []
  })
}

import type { Sql } from '../../database/pool.ts'
import type { LeadEventKind } from '../../dispatch/record/lead-events.ts'
import { t } from '../../language/text.ts'

/** One entry of a message's history. */
export interface Step {
  /** ISO 8601. */
  at: string
  /** What happened to the message (claimed, written, accepted, refused …), or to its campaign, as named in the audit. */
  what: string
  /** An e-mail address; null: camp or the broker. */
  by: string | null
  detail: string | null
}

interface EventRow {
  lead_id: string
  kind: LeadEventKind
  at: Date
  batch_number: number | null
  claimed_at: Date | null
  written_at: Date | null
  code: string | null
  detail: string | null
  provider_msg_id: string | null
  by: string | null
}

/** @returns by lead, the outcome of each attempt to send it, oldest first */
export async function historyOf(sql: Sql, leadIds: readonly string[]): Promise<Map<string, Step[]>> {
  const { rows } = await sql.query<EventRow>(
    `SELECT l.id AS lead_id, e.kind, e.at, e.batch_number, e.claimed_at, e.code, e.detail, e.provider_msg_id, u.email AS by,
            e.written_at + coalesce(e.written_ms[(
              SELECT sum(least(upper(r), l.seq + 1) - lower(r)) FROM unnest(e.seqs) AS r WHERE lower(r) <= l.seq
            )::int], 0) * interval '1 millisecond' AS written_at
     FROM "CampaignLead" l
     JOIN "LeadEvent" e ON e.campaign_id = l.campaign_id AND lower(e.seqs) <= l.seq AND e.seqs @> l.seq
     LEFT JOIN "User" u ON u.id = e.user_id
     WHERE l.id = ANY($1::uuid[])
     ORDER BY e.at, e.id`,
    [leadIds],
  )
  const steps = new Map<string, Step[]>()
  for (const row of rows) steps.set(row.lead_id, [...(steps.get(row.lead_id) ?? []), ...stepsOf(row)])
  return steps
}

function stepsOf(event: EventRow): Step[] {
  const { kind, at, by } = event
  const outcome: Step = { at: at.toISOString(), what: WORDS[kind](), by, detail: detailOf(event) }
  return [
    ...stepAt(event.claimed_at, t`claimed`, t`batch ${event.batch_number ?? 0}`),
    ...stepAt(event.written_at, t`written`, null),
    outcome,
  ]
}

const WORDS: Readonly<Record<LeadEventKind, () => string>> = {
  ACCEPTED: () => t`accepted`,
  REFUSED: () => t`refused`,
  NOT_TAKEN: () => t`not accepted`,
  WITHHELD: () => t`withheld`,
  IN_DOUBT: () => t`in doubt`,
  FAILED: () => t`failed`,
  RESOLVED: () => t`resolved`,
  RETRIED: () => t`retried`,
}

function detailOf({ kind, code, detail, provider_msg_id }: EventRow): string | null {
  const said = [code, detail].filter(Boolean).join(': ')
  const text = kind === 'RETRIED' ? t`it failed before: ${said}` : said
  return [text, provider_msg_id].filter(Boolean).join(', ') || null
}

export function stepAt(at: Date | null, what: string, detail: string | null): Step[] {
  return at ? [{ at: at.toISOString(), what, by: null, detail }] : []
}

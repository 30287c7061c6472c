import type { Tx } from '../../database/pool.ts'

/**
 * The record of what became of each attempt to send a lead (LeadEvent): append-only, one row for all leads of a batch to which the
 * same happened, so that a million leads in batches of 500 cost some thousand rows. Written in the transaction that makes it true.
 */
export type LeadEventKind =
  | 'ACCEPTED'
  | 'REFUSED'
  | 'NOT_TAKEN'
  | 'WITHHELD'
  | 'IN_DOUBT'
  | 'FAILED'
  | 'RESOLVED'
  | 'RETRIED'

/** How the detail ends of what a worker tells whose lease had run out: by then something else may have been decided. */
export const LATE = 'known after its lease'

export interface LeadEvent {
  campaignId: string
  kind: LeadEventKind
  /** When it was known. */
  at: Date
  /** The leads, ascending. */
  seqs: readonly number[]
  batch?: { number: number; attempt: number | null } | undefined
  claimedAt?: Date | null | undefined
  /** When each lead's request was written, in the order of `seqs`; one for all where they shared a request. */
  writtenAt?: readonly Date[] | undefined
  code?: string | null | undefined
  detail?: string | null | undefined
  providerMsgId?: string | null | undefined
  /** `recipientsHash` of the leads, where their request was written, or may have been. */
  recipients?: string | undefined
  userId?: string | null | undefined
}

export async function recordLeadEvents(tx: Tx, events: readonly LeadEvent[]): Promise<void> {
  const rows = events.filter(event => event.seqs.length > 0).map(rowOf)
  if (rows.length === 0) return
  await tx.query(
    `INSERT INTO "LeadEvent" (campaign_id, kind, at, seqs, batch_number, attempt, claimed_at, written_at, written_ms, code, detail,
                              provider_msg_id, recipients, user_id)
     SELECT e.campaign_id, e.kind::"LeadEventKind", e.at, e.seqs::int4multirange, e.batch_number, e.attempt, e.claimed_at, e.written_at,
            e.written_ms, e.code, e.detail, e.provider_msg_id, decode(e.recipients, 'hex'), e.user_id
     FROM jsonb_to_recordset($1::jsonb) AS e(campaign_id uuid, kind text, at timestamptz, seqs text, batch_number int, attempt int,
       claimed_at timestamptz, written_at timestamptz, written_ms int[], code text, detail text, provider_msg_id text, recipients text,
       user_id uuid)`,
    [JSON.stringify(rows)],
  )
}

function rowOf(event: LeadEvent) {
  const written = event.writtenAt ?? []
  const first = written.length === 0 ? undefined : Math.min(...written.map(at => at.getTime()))
  const isSpread = first !== undefined && written.some(at => at.getTime() !== first)
  return {
    campaign_id: event.campaignId,
    kind: event.kind,
    at: event.at,
    seqs: multirangeOf(event.seqs),
    batch_number: event.batch?.number ?? null,
    attempt: event.batch?.attempt ?? null,
    claimed_at: event.claimedAt ?? null,
    written_at: first === undefined ? null : new Date(first),
    written_ms: isSpread ? written.map(at => at.getTime() - first) : null,
    code: event.code ?? null,
    detail: event.detail ?? null,
    provider_msg_id: event.providerMsgId ?? null,
    recipients: event.recipients ?? null,
    user_id: event.userId ?? null,
  }
}

/** @param seqs ascending @returns as PostgreSQL reads an int4multirange: {[1,500],[502,502]} */
export function multirangeOf(seqs: readonly number[]): string {
  const ranges: [number, number][] = []
  for (const seq of seqs) {
    const last = ranges.at(-1)
    if (last && seq === last[1] + 1) last[1] = seq
    else ranges.push([seq, seq])
  }
  return `{${ranges.map(([from, to]) => `[${from},${to}]`).join(',')}}`
}

/** Why a lead whose lease ran out is in doubt. */
export const LOST = 'its worker did not come back'

import type pg from 'pg'
import { type Sql, transaction } from '../database/pool.ts'
import { bookBatches } from './books.ts'
import type { ClaimedBatch } from './claim.ts'
import { recipientOf } from './claim-leads.ts'
import { releaseContacts } from './contacts.ts'
import { LATE, recordLeadEvents } from './lead-events.ts'
import type { BatchOutcome } from './settle.ts'
import { eventsOf, type Fate, writeProviderMessages } from './settle-leads.ts'
import { LOST } from './sweep.ts'

/**
 * What a worker knows whose lease ran out before it could settle: it was frozen, and its leads were put in doubt. For those that
 * are in doubt still, its answers end the doubt: accepted ones are SENT, refused ones ERROR, and what was never written is PENDING
 * again, or ERROR NOT_SENT where its campaign is over. What a person or a callback has decided meanwhile stands.
 * @returns how many leads it decided about
 */
export async function settleLate(
  { pool, now }: { pool: pg.Pool; now: () => Date },
  batch: ClaimedBatch,
  adapter: { correlatesByProviderId: boolean },
  outcome: BatchOutcome,
): Promise<number> {
  return transaction(pool, async sql => {
    const at = now()
    if (!(await wasSwept(sql, batch))) return 0
    const fates = batch.leads.map((lead, i) => ({ lead, outcome: outcome.outcomes[i]! }))
    // Whatever has been decided meanwhile: when each was written, and what the broker answered, is part of its history.
    await recordLeadEvents(
      sql,
      eventsOf(batch, fates, at).map(event => ({
        ...event,
        detail: [event.detail, LATE].filter(Boolean).join('; '),
      })),
    )
    if (!(await lockLostBatch(sql, batch))) return 0
    const known = await stillInDoubt(
      sql,
      batch,
      fates.filter(fate => fate.outcome.kind !== 'IN_DOUBT'),
    )
    if (known.length === 0) return 0
    const accepted = known.filter(fate => fate.outcome.kind === 'ACCEPTED')
    const released = known.filter(fate => fate.outcome.kind !== 'ACCEPTED')
    await releaseContacts(
      sql,
      released.flatMap(({ lead }) => (lead.is_fish ? [] : [recipientOf(lead)])),
    )
    await writeKnown(sql, known)
    if (adapter.correlatesByProviderId) await writeProviderMessages(sql, batch, accepted)
    const booking = { batchId: batch.id, resolved: accepted.length, released: released.length, bookedAgain: 0 }
    await bookBatches(sql, [{ ...booking, reason: 'not sent, as its worker knew' }], at)
    await endWhereOver(sql, batch)
    return known.length
  })
}

/** @returns false where the settle was in time, and only the answer to its commit was lost */
async function wasSwept(sql: Sql, { campaign, number, attempt }: ClaimedBatch): Promise<boolean> {
  const { rows } = await sql.query<{ swept: boolean }>(
    `SELECT EXISTS (
       SELECT 1 FROM "LeadEvent"
       WHERE campaign_id = $1 AND batch_number = $2 AND attempt = $3 AND kind = 'IN_DOUBT' AND detail = $4) AS swept`,
    [campaign.id, number, attempt, LOST],
  )
  return rows[0]!.swept
}

/** @returns false where another attempt has claimed it since, or nothing of it is in doubt */
async function lockLostBatch(sql: Sql, { id, attempt }: ClaimedBatch): Promise<boolean> {
  const { rowCount } = await sql.query(
    `SELECT 1 FROM "Batch" WHERE id = $1 AND attempt = $2 AND status = 'IN_DOUBT' FOR NO KEY UPDATE`,
    [id, attempt],
  )
  return rowCount === 1
}

async function stillInDoubt(sql: Sql, batch: ClaimedBatch, fates: readonly Fate[]): Promise<Fate[]> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT id FROM "CampaignLead" WHERE id = ANY($1::uuid[]) AND status = 'IN_DOUBT' AND batch_number = $2
     ORDER BY id FOR NO KEY UPDATE`,
    [fates.map(fate => fate.lead.id), batch.number],
  )
  const open = new Set(rows.map(row => row.id))
  return fates.filter(fate => open.has(fate.lead.id))
}

async function writeKnown(sql: Sql, fates: readonly Fate[]): Promise<void> {
  await sql.query(
    `UPDATE "CampaignLead" l SET
       status = o.status::"LeadStatus", billed = o.status = 'SENT', provider_msg_id = o.provider_id, error_code = o.code,
       error_message = o.detail,
       sent_at = CASE WHEN o.status = 'SENT' THEN coalesce(o.written_at, l.sent_at) END
     FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
       AS o(id, status, provider_id, code, detail, written_at)
     WHERE l.id = o.id`,
    [
      fates.map(fate => fate.lead.id),
      fates.map(({ outcome }) =>
        outcome.kind === 'ACCEPTED' ? 'SENT' : outcome.kind === 'REJECTED' ? 'ERROR' : 'PENDING',
      ),
      fates.map(({ outcome }) => (outcome.kind === 'ACCEPTED' ? (outcome.providerId ?? null) : null)),
      fates.map(({ outcome }) => (outcome.kind === 'REJECTED' ? outcome.code : null)),
      fates.map(({ outcome }) => (outcome.kind === 'REJECTED' ? outcome.detail : null)),
      fates.map(({ outcome }) => outcome.writtenAt ?? null),
    ],
  )
}

/**
 * What is PENDING in a campaign that runs, or may be resumed, is planned by the sweeper or the resume. In one that is over nothing is
 * left PENDING: such a lead ends here, and camp campaign retry sends it.
 */
async function endWhereOver(sql: Sql, batch: ClaimedBatch): Promise<void> {
  const { rows } = await sql.query<{ status: string }>(`SELECT status FROM "Campaign" WHERE id = $1 FOR SHARE`, [
    batch.campaign.id,
  ])
  if (!['FINISHED', 'CANCELLED'].includes(rows[0]!.status)) return
  await sql.query(
    `UPDATE "CampaignLead" SET status = 'ERROR', error_code = 'NOT_SENT', error_message = 'its worker was stopped before it was written'
     WHERE id = ANY($1::uuid[]) AND status = 'PENDING'`,
    [batch.leads.map(lead => lead.id)],
  )
}

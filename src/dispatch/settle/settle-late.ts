import type pg from 'pg'
import { gravest } from '../../broker/classify-code.ts'
import { locking } from '../../database/lock-order.ts'
import { type Sql, type Tx, transaction } from '../../database/pool.ts'
import { dropGivenBack } from '../../lifecycle/cancel-writes.ts'
import { type LateResult, settleLeadsLate } from '../../lifecycle/lead-verdicts.ts'
import { lockContacts, type Recipient, releaseContacts } from '../claim/frequency-cap.ts'
import { recipientOf } from '../claim/screen-leads.ts'
import type { BatchOutcome } from '../model/batch-outcome.ts'
import type { ClaimedBatch } from '../model/claimed-batch.ts'
import { LATE, LOST, recordLeadEvents } from '../record/lead-events.ts'
import { correctBatches } from './late-corrections.ts'
import { eventsOf, type SettledLead, writeProviderMessages } from './lead-outcomes.ts'
import { judgeByShare, type ShareVerdict, takeBack } from './share.ts'
import { stopCampaign } from './stop-campaign.ts'

/**
 * Settles the outcomes of a worker whose lease expired before it could settle: it was frozen, and its leads were put in doubt.
 * For leads that are still in doubt, its answers end the doubt: accepted ones are SENT, refused ones ERROR, and those that were
 * never written are PENDING again, or ERROR NOT_SENT if their campaign is over. What a person or a callback has decided meanwhile
 * stands, except for leads that the broker accepted and a person declared not sent, or to be sent again: these are reported to
 * the inbox.
 * @returns how many leads it decided about
 */
export async function settleLate(
  { pool, now }: { pool: pg.Pool; now: () => Date },
  batch: ClaimedBatch,
  adapter: { correlatesByProviderId: boolean },
  outcome: BatchOutcome,
): Promise<number> {
  return transaction(pool, async tx => {
    const at = now()
    const swept = await sweptSeqs(tx, batch)
    if (swept.size === 0) return 0
    // Leads that were settled before the sweep have nothing more to report.
    const open = batch.leads
      .map((lead, i) => ({ lead, outcome: outcome.outcomes[i]! }))
      .filter(({ lead }) => swept.has(lead.seq))
    const isLost = await lockLostBatch(tx, batch)
    const verdict: ShareVerdict = isLost ? await judgeByShare(tx, batch, open, open) : { settledLeads: open }
    const { settledLeads } = verdict
    // Recorded regardless of later decisions: when each was written, and what the broker answered, is part of its history.
    await recordLeadEvents(
      tx,
      eventsOf(batch, settledLeads, at).map(event => ({
        ...event,
        detail: [event.detail, LATE].filter(Boolean).join('; '),
      })),
    )
    await tellInbox(
      tx,
      batch,
      settledLeads.filter(settledLead => settledLead.outcome.kind === 'ACCEPTED'),
      at,
    )
    if (!isLost) return 0
    const answered = settledLeads.filter(settledLead => settledLead.outcome.kind !== 'IN_DOUBT')
    await lockContacts(tx, recipientsOf(answered.filter(settledLead => settledLead.outcome.kind !== 'ACCEPTED')))
    const known = await stillInDoubt(tx, batch, answered)
    if (known.length === 0) return 0
    const accepted = known.filter(settledLead => settledLead.outcome.kind === 'ACCEPTED')
    const released = known.filter(settledLead => settledLead.outcome.kind !== 'ACCEPTED')
    await releaseContacts(tx, recipientsOf(released))
    await settleLeadsLate(tx, known.flatMap(resultOf))
    await takeBack(tx, batch, verdict, at)
    if (adapter.correlatesByProviderId) await writeProviderMessages(tx, batch, accepted)
    const booking = { batchId: batch.id, resolved: accepted.length, released: released.length, bookedAgain: 0 }
    await correctBatches(tx, [{ ...booking, reason: 'not sent, as its worker reported' }], null, at)
    await endWhereOver(tx, batch)
    const stop = gravest([outcome.stop, verdict.stop])
    if (stop) await stopCampaign(tx, batch, stop, at)
    return known.length
  })
}

function recipientsOf(settledLeads: readonly SettledLead[]): Recipient[] {
  return settledLeads.flatMap(({ lead }) => (lead.is_fish ? [] : [recipientOf(lead)]))
}

/**
 * Reports the messages that the broker accepted, and a person declared not sent or to be sent again, to the inbox as if the
 * broker had called back, so that no claim sends them a second time, and a verdict is contradicted in one way only.
 */
async function tellInbox(
  tx: Tx,
  { campaign }: ClaimedBatch,
  accepted: readonly SettledLead[],
  at: Date,
): Promise<void> {
  if (accepted.length === 0) return
  await tx.query(
    `INSERT INTO "WebhookEvent" (broker_id, event, lead_id, provider_msg_id, occurred_at, received_at)
     SELECT $1, 'SENT', l.id, m.provider_id, coalesce(m.written_at, $5), $5
     FROM unnest($2::uuid[], $3::text[], $4::timestamptz[]) AS m(lead_id, provider_id, written_at)
     JOIN "CampaignLead" l ON l.id = m.lead_id WHERE l.status IN ('PENDING', 'ERROR')`,
    [
      campaign.brokerId,
      accepted.map(settledLead => settledLead.lead.id),
      accepted.map(({ outcome }) => (outcome.kind === 'ACCEPTED' ? (outcome.providerId ?? null) : null)),
      accepted.map(({ outcome }) => outcome.writtenAt ?? null),
      at,
    ],
  )
}

/** @returns the leads that a sweep put in doubt; none if the settle was in time and only the answer to its commit was lost */
async function sweptSeqs(
  sql: Sql,
  { campaign, number, attempt, claimedAt }: ClaimedBatch,
): Promise<ReadonlySet<number>> {
  const { rows } = await sql.query<{ seq: number }>(
    `SELECT s.seq FROM "LeadEvent" e, unnest(e.seqs) AS r(range), generate_series(lower(r.range), upper(r.range) - 1) AS s(seq)
     WHERE e.campaign_id = $1 AND e.batch_number = $2 AND e.attempt = $3 AND e.claimed_at = $5 AND e.kind = 'IN_DOUBT' AND e.detail = $4`,
    [campaign.id, number, attempt, LOST, claimedAt],
  )
  return new Set(rows.map(row => row.seq))
}

/** @returns false if another attempt has claimed it since, or nothing of it is in doubt */
async function lockLostBatch(tx: Tx, { id, attempt }: ClaimedBatch): Promise<boolean> {
  const { rowCount } = await locking(tx, 'Batch').query(
    `SELECT 1 FROM "Batch" WHERE id = $1 AND attempt = $2 AND status = 'IN_DOUBT' FOR NO KEY UPDATE`,
    [id, attempt],
  )
  return rowCount === 1
}

async function stillInDoubt(tx: Tx, batch: ClaimedBatch, settledLeads: readonly SettledLead[]): Promise<SettledLead[]> {
  const { rows } = await locking(tx, 'CampaignLead').query<{ id: string }>(
    `SELECT id FROM "CampaignLead" WHERE id = ANY($1::uuid[]) AND status = 'IN_DOUBT' AND batch_number = $2
     ORDER BY id FOR NO KEY UPDATE`,
    [settledLeads.map(settledLead => settledLead.lead.id), batch.number],
  )
  const open = new Set(rows.map(row => row.id))
  return settledLeads.filter(settledLead => open.has(settledLead.lead.id))
}

const STATUS = { ACCEPTED: 'SENT', REJECTED: 'ERROR', NOT_ACCEPTED: 'PENDING' } as const

/** A lead that is still in doubt has no result. */
function resultOf({ lead, outcome }: SettledLead): LateResult[] {
  if (outcome.kind === 'IN_DOUBT') return []
  return [
    {
      leadId: lead.id,
      status: STATUS[outcome.kind],
      providerId: outcome.kind === 'ACCEPTED' ? (outcome.providerId ?? null) : null,
      code: outcome.kind === 'REJECTED' ? outcome.code : null,
      detail: outcome.kind === 'REJECTED' ? outcome.detail : null,
      writtenAt: outcome.writtenAt ?? null,
    },
  ]
}

/**
 * PENDING leads of a campaign that runs, or may be resumed, are planned by the sweeper or the resume. In a campaign that is over
 * no lead stays PENDING: such a lead ends here, and camp campaign retry sends it.
 */
async function endWhereOver(tx: Tx, batch: ClaimedBatch): Promise<void> {
  const { rows } = await locking(tx, 'Campaign').query<{ status: string }>(
    `SELECT status FROM "Campaign" WHERE id = $1 FOR SHARE`,
    [batch.campaign.id],
  )
  if (!['FINISHED', 'CANCELLED'].includes(rows[0]!.status)) return
  await dropGivenBack(
    tx,
    batch.leads.map(lead => lead.id),
  )
}

import type pg from 'pg'
import type { Adapter } from '../../broker/port.ts'
import { releaseCosts } from '../../budget/ledger.ts'
import { type Sql, transaction } from '../../database/pool.ts'
import type { LeadOutcome } from '../model/batch-outcome.ts'
import type { ClaimedBatch } from '../model/claimed-batch.ts'
import { countAnswer } from '../pacing/circuit-breaker.ts'
import { endFirst } from '../pacing/first-batch.ts'
import { type SettledLead, writeOutcomes } from './lead-outcomes.ts'
import { lockAttempts, lockSlots } from './lock-attempt.ts'

/**
 * Writes what a broker has answered while other requests of the batch have no answer yet. The batch stays SENDING, with its
 * attempt and its lease, and the settle that ends it finds these leads done (`unsettled`). If its worker dies meanwhile, only the
 * other leads are in doubt. It may be repeated: a settled lead is left as it is.
 * @param known by lead; outcomes that are neither ACCEPTED nor REJECTED, and refusals that are judged by share, are left to the
 * last settle
 * @returns undefined if the batch is no longer this attempt's; opened: as in `Settled`
 */
export async function settleKnown(
  { pool, now }: { pool: pg.Pool; now: () => Date },
  batch: ClaimedBatch,
  adapter: Pick<Adapter, 'correlatesByProviderId'>,
  known: ReadonlyMap<string, LeadOutcome>,
): Promise<{ opened: boolean } | undefined> {
  return transaction(pool, async tx => {
    const at = now()
    const { firstOf } = batch
    const row = (await lockAttempts(tx, [batch])).get(batch.id)
    if (!row) return undefined
    const answered = batch.leads.flatMap((lead): SettledLead[] => {
      const outcome = known.get(lead.id)
      return outcome && isAnswer(outcome) ? [{ lead, outcome }] : []
    })
    const sending = await sendingSeqs(tx, batch, answered)
    const settledLeads = answered.filter(({ lead }) => sending.has(lead.seq))
    if (settledLeads.length === 0) return { opened: false }
    const { accepted, refused } = figuresOf(settledLeads)
    await lockSlots(tx, batch, at)
    await countAnswer(tx, batch.credential.id)
    await writeOutcomes(tx, [{ batch, settledLeads }], adapter, at)
    await tx.query(
      `UPDATE "Batch" SET accepted = accepted + $2, refused = refused + $3, reserved = reserved - unit_cost * $3::int WHERE id = $1`,
      [batch.id, accepted, refused],
    )
    await releaseCosts(tx, [{ batchId: batch.id, ...row, messages: refused }], at)
    return { opened: accepted > 0 && firstOf !== null && (await endFirst(tx, batch.campaign.id, firstOf)) }
  })
}

/** What was settled of a batch before its last settle. */
export interface Before {
  accepted: number
  refused: number
}

export const NONE_BEFORE: Before = { accepted: 0, refused: 0 }

/**
 * What the last settle of a batch has still to write. The caller has locked the batch. Whether `settleKnown` wrote a lead is read
 * from the lead alone, because the answer to its commit may have been lost.
 */
export async function unsettled(
  sql: Sql,
  batch: ClaimedBatch,
  all: readonly SettledLead[],
): Promise<{ settledLeads: SettledLead[]; before: Before }> {
  const sending = await sendingSeqs(sql, batch, all)
  const isBefore = ({ lead, outcome }: SettledLead) => isAnswer(outcome) && !sending.has(lead.seq)
  return { settledLeads: all.filter(settledLead => !isBefore(settledLead)), before: figuresOf(all.filter(isBefore)) }
}

/** Whether it may be written before the other answers of its batch are known. */
export function isAnswer(outcome: LeadOutcome): boolean {
  return outcome.kind === 'ACCEPTED' || (outcome.kind === 'REJECTED' && outcome.byShare === undefined)
}

function figuresOf(answered: readonly SettledLead[]): Before {
  const accepted = answered.filter(({ outcome }) => outcome.kind === 'ACCEPTED').length
  return { accepted, refused: answered.length - accepted }
}

/** Only with this batch's number: a lead that was refused and retried since is SENDING in another batch. */
async function sendingSeqs(
  sql: Sql,
  batch: ClaimedBatch,
  settledLeads: readonly SettledLead[],
): Promise<ReadonlySet<number>> {
  const { rows } = await sql.query<{ seq: number }>(
    `SELECT seq FROM "CampaignLead"
     WHERE campaign_id = $1 AND seq = ANY($2::int[]) AND batch_number = $3 AND status = 'SENDING'`,
    [batch.campaign.id, settledLeads.map(({ lead }) => lead.seq), batch.number],
  )
  return new Set(rows.map(row => row.seq))
}

import { type CodeStop, stopReason } from '../../broker/classify-code.ts'
import { codeOfMany } from '../../broker/code-share.ts'
import type { CodeRule } from '../../broker/codes.ts'
import { locking } from '../../database/lock-order.ts'
import type { Sql, Tx } from '../../database/pool.ts'
import { lastStarts } from '../../lifecycle/last-start.ts'
import { takeBackRefused } from '../../lifecycle/lead-verdicts.ts'
import type { LeadOutcome } from '../model/batch-outcome.ts'
import type { ClaimedBatch } from '../model/claimed-batch.ts'
import type { SettledLead } from './lead-outcomes.ts'

/** Of an answer, so many of the campaign's last answers: then its code is the campaign's (docs/design.md#codes). */
const SHARE = { most: 10, of: 20 }

/** What a batch's refusals by share come to. */
export interface ShareVerdict {
  settledLeads: SettledLead[]
  /** Many have the code: the campaign is stopped, and none of them is a recipient's refusal. */
  stop?: CodeStop
  /** Earlier batches of the campaign whose leads with the code are PENDING again (`takeBack`). */
  earlier?: { code: string; batchNumbers: number[] }
}

/**
 * Decides whether refusals with a code that is judged by share are their recipients', before any of them is written. All answers
 * of the batch are judged, with the campaign's last ones before them since it last began to send. Two batches of one campaign are
 * judged one after another: both may have too few alone.
 * @param all the batch's leads, settled before or not
 */
export async function judgeByShare(
  tx: Tx,
  batch: ClaimedBatch,
  all: readonly SettledLead[],
  settledLeads: SettledLead[],
): Promise<ShareVerdict> {
  const rules = rulesByShare(settledLeads)
  if (rules.size === 0) return { settledLeads }
  await locking(tx, 'share').query(`SELECT pg_advisory_xact_lock(hashtextextended('share ' || $1, 0))`, [
    batch.campaign.id,
  ])
  const since = (await lastStarts(tx, [batch.campaign.id])).get(batch.campaign.id) ?? new Date(0)
  // Sent before the campaign was stopped and resumed: sent again, and judged with what is sent since.
  if (batch.claimedAt < since) return { settledLeads: settledLeads.map(lead => held(lead, rules)) }
  const before = await lastAnswers(tx, batch, since)
  const codes = [...before.flatMap(codesOf), ...all.flatMap(({ outcome }) => answerOf(outcome))]
  const found = codeOfMany(codes, rules, SHARE)
  if (!found) return { settledLeads }
  const { code, count } = found
  const rule = rules.get(code)!
  const what = stopReason(code, rule, detailOf(settledLeads, code))
  const reason = `${count} of the last ${Math.min(codes.length, SHARE.of)} messages were refused with ${what}`
  return {
    settledLeads: settledLeads.map(lead => held(lead, new Map([[code, rule]]))),
    stop: { ends: 'PAUSE', reason },
    earlier: { code, batchNumbers: before.filter(answers => answers.refused === code).map(answers => answers.number) },
  }
}

/** Makes earlier refusals with the code PENDING again, where few had it and now many have. */
export async function takeBack(tx: Tx, batch: ClaimedBatch, { earlier }: ShareVerdict, now: Date): Promise<void> {
  if (!earlier || earlier.batchNumbers.length === 0) return
  await takeBackRefused(tx, { campaignId: batch.campaign.id, ...earlier, now })
}

function rulesByShare(settledLeads: readonly SettledLead[]): Map<string, CodeRule> {
  return new Map(
    settledLeads.flatMap(({ outcome }) =>
      outcome.kind === 'REJECTED' && outcome.byShare ? [[outcome.code, outcome.byShare] as const] : [],
    ),
  )
}

/** A refusal with one of the codes is no refusal of its recipient: it is sent again. */
function held({ lead, outcome }: SettledLead, codes: ReadonlyMap<string, CodeRule>): SettledLead {
  if (outcome.kind !== 'REJECTED' || !outcome.byShare || !codes.has(outcome.code)) return { lead, outcome }
  const { code, detail, writtenAt } = outcome
  return { lead, outcome: { kind: 'NOT_ACCEPTED', code, reason: `${code}: ${detail}`, writtenAt } }
}

function detailOf(settledLeads: readonly SettledLead[], code: string): string | undefined {
  for (const { outcome } of settledLeads)
    if (outcome.kind === 'REJECTED' && outcome.code === code) return outcome.detail
  return undefined
}

/** Its code; '' for a message that was taken. No answer: nothing. */
function answerOf(outcome: LeadOutcome): string[] {
  if (outcome.kind === 'REJECTED') return [outcome.code]
  return outcome.kind === 'ACCEPTED' ? [''] : []
}

/** Messages of one attempt with one outcome. */
interface Answers {
  number: number
  /** null: they were taken. */
  code: string | null
  /** The code, if they were refused for good. */
  refused: string | null
  answers: number
}

function codesOf({ code, answers }: Answers): string[] {
  return new Array<string>(answers).fill(code ?? '')
}

/** The campaign's last answers before the batch's, oldest first: as many as can be judged with the batch's first one. */
async function lastAnswers(sql: Sql, { campaign, number, attempt }: ClaimedBatch, since: Date): Promise<Answers[]> {
  const { rows } = await sql.query<Answers>(
    `WITH last AS (
       SELECT number, from_seq, to_seq FROM "Batch"
       WHERE campaign_id = $1 AND kind = 'SEND' AND claimed_at >= $2 AND settled_at >= $2
       ORDER BY claimed_at DESC LIMIT $5
     )
     SELECT b.number, e.code, CASE WHEN e.kind = 'REFUSED' THEN e.code END AS refused,
            (SELECT sum(upper(r) - lower(r))::int FROM unnest(e.seqs) AS r) AS answers
     FROM last b
     JOIN "LeadEvent" e ON e.campaign_id = $1 AND lower(e.seqs) BETWEEN b.from_seq AND b.to_seq AND e.batch_number = b.number
     WHERE e.claimed_at >= $2 AND NOT (e.batch_number = $3 AND e.attempt = $4)
       AND (e.kind IN ('ACCEPTED', 'REFUSED') OR (e.kind = 'NOT_TAKEN' AND e.code IS NOT NULL))
     ORDER BY e.id DESC LIMIT $5`,
    [campaign.id, since, number, attempt, SHARE.of],
  )
  const last: Answers[] = []
  let left = SHARE.of - 1
  for (const row of rows) {
    if (left <= 0) break
    const answers = Math.min(row.answers, left)
    last.unshift({ ...row, answers })
    left -= answers
  }
  return last
}

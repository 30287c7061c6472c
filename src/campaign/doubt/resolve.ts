import type pg from 'pg'
import type { Clock } from '../../clock.ts'
import { locking } from '../../database/lock-order.ts'
import { type Sql, type Tx, transaction } from '../../database/pool.ts'
import { lockContacts, type Recipient, releaseContacts } from '../../dispatch/claim/frequency-cap.ts'
import { finishIfDone } from '../../dispatch/finish/finish.ts'
import { planCampaign } from '../../dispatch/plan/plan.ts'
import { recordLeadEvents } from '../../dispatch/record/lead-events.ts'
import {
  correctBatches,
  type LedgerCorrection,
  lockBatches,
  noCorrection,
  type OwningBatch,
  owningBatches,
} from '../../dispatch/settle/late-corrections.ts'
import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import { resolveClosings } from '../../lifecycle/closing-writes.ts'
import { type Resolution, writeVerdict } from '../../lifecycle/lead-verdicts.ts'
import { makeMove } from '../../lifecycle/make-move.ts'
import { refusedTransition } from '../../lifecycle/refused-transition.ts'
import type { Enqueuer } from '../../queue/queues.ts'
import { recordAudit } from '../../security/audit-log.ts'
import { enqueueFirst } from '../actions/start.ts'
import { approvalHash } from '../approval/approval-hash.ts'
import { lockCampaign, readCampaign } from '../campaign-header.ts'

export interface ResolveDeps {
  pool: pg.Pool
  clock: Clock
  queues: Enqueuer
}

export interface ResolveRequest {
  verdict: Resolution
  /** Ids or canonical phones; null: all leads in doubt. */
  leads: readonly string[] | null
  userId: string
}

/**
 * What a decision would apply to, for the confirmation before it.
 * @returns the number of leads; 1 for a closing
 * @throws CampError STATE: none is in doubt
 */
export async function countInDoubt(
  sql: Sql,
  campaignId: string,
  { leads, closing }: { leads: readonly string[] | null; closing: boolean },
): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    closing
      ? `SELECT count(*)::int AS n FROM "Batch" WHERE campaign_id = $1 AND kind = 'CLOSING' AND status = 'IN_DOUBT' AND $2::text[] IS NULL`
      : `SELECT count(*)::int AS n FROM "CampaignLead"
         WHERE campaign_id = $1 AND status = 'IN_DOUBT' AND ($2::text[] IS NULL OR id::text = ANY($2) OR phone = ANY($2))`,
    [campaignId, leads],
  )
  const { n } = rows[0]!
  if (n === 0) throw closing ? closingNotInDoubt() : nothingInDoubt(leads)
  return n
}

const LEADS_AT_ONCE = 5_000

/**
 * Decides about a campaign's leads in doubt, up to LEADS_AT_ONCE in a transaction, each transaction with its audit. RESEND
 * reopens a FINISHED campaign; a PAUSED or FAILED one sends the leads when it is resumed.
 * @returns the number of leads decided about
 * @throws CampError STATE: none is in doubt, or what was approved has changed and nothing may be sent
 */
export async function resolveLeads(deps: ResolveDeps, campaignId: string, request: ResolveRequest): Promise<number> {
  let resolved = 0
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const leads = await leadsInDoubt(deps.pool, campaignId, request.leads, after)
    if (leads.length === 0) break
    after = leads.at(-1)!.seq
    resolved += await transaction(deps.pool, tx => resolveSome(tx, campaignId, leads, request, deps.clock.now()))
  }
  if (resolved === 0) throw nothingInDoubt(request.leads)
  if (request.verdict === 'RESEND') await enqueueFirst(deps, await readCampaign(deps.pool, campaignId))
  return resolved
}

interface DoubtfulLead {
  id: string
  seq: number
  phone: string
  cpf_cnpj: string | null
  is_fish: boolean
}

async function leadsInDoubt(
  sql: Sql,
  campaignId: string,
  only: readonly string[] | null,
  after: number,
): Promise<DoubtfulLead[]> {
  const { rows } = await sql.query<DoubtfulLead>(
    `SELECT id, seq, phone, cpf_cnpj, is_fish FROM "CampaignLead"
     WHERE campaign_id = $1 AND status = 'IN_DOUBT' AND seq > $3::bigint
       AND ($2::text[] IS NULL OR id::text = ANY($2) OR phone = ANY($2))
     ORDER BY seq LIMIT $4`,
    [campaignId, only, after, LEADS_AT_ONCE],
  )
  return rows
}

/**
 * Locks in the system's order. Only a transaction that holds a lead's batch can move it out of IN_DOUBT, so what was read stays
 * true.
 */
async function resolveSome(
  tx: Tx,
  campaignId: string,
  candidates: readonly DoubtfulLead[],
  { verdict, userId }: ResolveRequest,
  now: Date,
): Promise<number> {
  const holders = await owningBatches(
    tx,
    candidates.map(lead => lead.id),
  )
  await lockBatches(tx, [...new Set([...holders.values()].map(batch => batch.id))].sort())
  const released = (of: readonly DoubtfulLead[]) => (verdict === 'SENT' ? [] : recipientsOf(of))
  await lockContacts(tx, released(candidates))
  const leads = await stillInDoubt(tx, candidates)
  if (leads.length === 0) return 0
  await releaseContacts(tx, released(leads))
  await writeVerdict(
    tx,
    leads.map(lead => lead.id),
    verdict,
  )
  const seqs = leads.map(lead => lead.seq)
  await recordLeadEvents(tx, [{ campaignId, kind: 'RESOLVED', at: now, seqs, code: verdict, userId }])
  await correctBatches(tx, correctionsOf(leads, holders, verdict), userId, now)
  if (verdict === 'RESEND') await reopen(tx, campaignId, userId, now)
  const detail = { verdict, leads: leads.length, first_seq: leads[0]!.seq, last_seq: leads.at(-1)!.seq }
  await recordAudit(tx, { userId, action: 'campaign.resolve', subject: 'Campaign', subjectId: campaignId, detail })
  return leads.length
}

function recipientsOf(leads: readonly DoubtfulLead[]): Recipient[] {
  return leads.flatMap(({ id, phone, cpf_cnpj, is_fish }) => (is_fish ? [] : [{ leadId: id, phone, cpf_cnpj }]))
}

async function stillInDoubt(tx: Tx, candidates: readonly DoubtfulLead[]): Promise<DoubtfulLead[]> {
  const { rows } = await locking(tx, 'CampaignLead').query<{ id: string }>(
    `SELECT id FROM "CampaignLead" WHERE id = ANY($1::uuid[]) AND status = 'IN_DOUBT' ORDER BY id FOR NO KEY UPDATE`,
    [candidates.map(lead => lead.id)],
  )
  const open = new Set(rows.map(row => row.id))
  return candidates.filter(lead => open.has(lead.id))
}

/** Of the ledger's entries. */
const REASONS = {
  SENT: 'resolved: it was sent',
  NOT_SENT: 'resolved: it was not sent',
  RESEND: 'resolved: it is sent again',
} as const satisfies Record<Resolution, string>

function correctionsOf(
  leads: readonly DoubtfulLead[],
  holders: ReadonlyMap<string, OwningBatch>,
  verdict: Resolution,
): LedgerCorrection[] {
  const corrections = new Map<string, LedgerCorrection>()
  for (const { id } of leads) {
    const batch = holders.get(id)
    if (!batch) continue
    const correction = corrections.get(batch.id) ?? noCorrection(batch.id, REASONS[verdict])
    if (verdict === 'SENT') correction.resolved++
    else correction.released++
    corrections.set(batch.id, correction)
  }
  return [...corrections.values()]
}

/** In the same transaction that makes leads PENDING: a FINISHED campaign must have none. */
async function reopen(tx: Tx, campaignId: string, userId: string, now: Date): Promise<void> {
  const campaign = await lockCampaign(tx, campaignId)
  if (campaign.status === 'CANCELLED') {
    throw new CampError(
      'CAMPAIGN_CANCELLED',
      t`${campaign.agendamento_id} is cancelled: its leads are not sent again`,
      {
        hint: t`Decide with --sent or --not-sent.`,
      },
    )
  }
  if (campaign.status === 'ARCHIVED') throw refusedTransition('reopen', campaign)
  if (campaign.status === 'FINISHED') {
    if (campaign.approval_hash !== approvalHash(campaign)) {
      throw new CampError('APPROVAL_VOID', t`${campaign.agendamento_id} has changed since its approval`, {
        hint: t`Decide with --sent or --not-sent. Leads that were not sent are sent again with camp campaign retry and a
          new approval.`,
      })
    }
    await makeMove(tx, 'reopen', campaign, { userId, now, reason: null })
  }
  if (campaign.status === 'FINISHED' || campaign.status === 'PROCESSING') await planCampaign(tx, campaign)
}

function nothingInDoubt(only: readonly string[] | null): CampError {
  return new CampError(
    'NOTHING_IN_DOUBT',
    only === null ? t`none of its leads is in doubt` : t`none of these leads is in doubt`,
    {
      hint: t`camp campaign leads --status IN_DOUBT lists those that are.`,
    },
  )
}

function closingNotInDoubt(): CampError {
  return new CampError('NOTHING_IN_DOUBT', t`its last step at the broker is not in doubt`)
}

/**
 * Decides about a campaign's closing in doubt. SENT: it ran; NOT_SENT: it did not run and is not to run; RESEND: it is to run
 * again.
 * @throws CampError STATE if none is in doubt
 */
export async function resolveClosing(
  { pool, clock }: Pick<ResolveDeps, 'pool' | 'clock'>,
  campaignId: string,
  { verdict, userId }: Pick<ResolveRequest, 'verdict' | 'userId'>,
): Promise<void> {
  await transaction(pool, async tx => {
    const now = clock.now()
    if (!(await resolveClosings(tx, campaignId, verdict, now))) throw closingNotInDoubt()
    await recordAudit(tx, {
      userId,
      action: 'campaign.resolve',
      subject: 'Campaign',
      subjectId: campaignId,
      detail: { verdict, closing: true },
    })
    if (verdict !== 'RESEND') await finishIfDone(tx, campaignId, now)
  })
}

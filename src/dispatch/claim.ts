import type pg from 'pg'
import { adapterOf } from '../broker/registry.ts'
import type { Monotonic } from '../clock.ts'
import { type Tx, transaction } from '../database/pool.ts'
import type { Keys } from '../security/keys.ts'
import { lockBatch, openBatch, postpone } from './claim-batch.ts'
import { type ClaimedLead, refuseLeads, takeLeads, vetLeads } from './claim-leads.ts'
import { type MomentDeps, takeMoment, type Waiting } from './claim-moment.ts'
import { openCredential } from './credential.ts'
import { failCampaign, finishIfDone, hasQueued } from './finish.ts'
import { monthOf } from './hours.ts'
import { giveProbeBack, isOpen, lookAgainAt, takeProbe, throttlingOf } from './pace.ts'
import { type LookedAt, lookingAt } from './permit.ts'
import { reserve, TooLittleBudget } from './reserve.ts'

/**
 * The claim (docs/design.md#claim-send-settle): one transaction that makes a batch ours, or leaves everything as it was. Only
 * after its COMMIT may a request start. The order of its locks is the whole system's: batch, slots, contacts, leads, budget,
 * campaign.
 */
export type Claim =
  | { kind: 'CLAIMED'; batch: ClaimedBatch }
  /** All was written, and it is unknown whether it was committed: the connection broke, or the commit failed. Nothing may be sent. */
  | { kind: 'UNANSWERED'; batch: ClaimedBatch; error: unknown }
  /** Not now: outside the hours, no free slot, or the broker asked to wait. The batch is to be rung again as said. */
  | {
      kind: 'WAIT'
      until: Date
      why: Waiting['why']
      ring: number
      campaign: ClaimedCampaign
      number: number
    }
  /** Nothing to do: another worker has it, it is done, or its campaign does not run. */
  | { kind: 'GONE' }
  /** It is the campaign's closing, which is claimed elsewhere (closing.ts). */
  | { kind: 'CLOSING' }
  /** Nobody in it may be contacted: every lead has its reason, and the batch is done. */
  | { kind: 'EMPTIED'; campaign: ClaimedCampaign; number: number }
  /** The campaign cannot go on: too little budget, no credential. */
  | { kind: 'FAILED'; campaign: ClaimedCampaign; handle: string; reason: string }

interface ClaimedCampaign {
  id: string
  brokerId: string
  paced: boolean
}

export interface ClaimedBatch {
  id: string
  attempt: number
  /** Of the claim's transaction. */
  xid: string
  number: number
  failures: number
  campaign: ClaimedCampaign & {
    agendamentoId: string
    baseMessage: string | null
    template: { code: string; content: string } | null
    templateVars: unknown
    walletId: string
    idgisAmbiente: number
  }
  /** Its name. */
  broker: string
  adapter: string
  /** config: opened, as the adapter takes it. */
  credential: { id: string; config: unknown; updatedAt: Date }
  /** When the first request may start: now, or a moment within pace.ts's look-ahead. */
  startAt: Date
  /** From one request's start to the next one's, by the broker's rate limit. */
  requestIntervalMs: number
  /** When its recipients' contact hours end, or a day later: no request may start from then on. */
  closesAt: Date
  /** When the campaign's next batch may start, where it is paced. */
  nextAt: Date | null
  leaseUntil: Date
  /** How long the lease is, from the last request's moment. */
  leaseMs: number
  /** A decimal: what was booked for each message. */
  unitCost: string
  claimedAt: Date
  /** When its claim began to read: its requests may be written for a moment from then on (permit.ts). */
  lookedAt: LookedAt
  leads: ClaimedLead[]
  /** The broker has not answered for a while: this batch alone tries. */
  probe: boolean
  /**
   * Leads of its range that stayed PENDING: the budget did not pay for them all, a request may not hold them all, or the contact
   * hours end before.
   */
  left: number
}

export interface ClaimDeps extends MomentDeps {
  pool: pg.Pool
  /** The database's time, so that all workers pace by one clock (worker.ts). */
  now: () => Date
  keys: Keys
  monotonic: Monotonic
  leaseMs: (adapterTimeoutMs: number | undefined) => number
}

/**
 * @param batchId from the queue: it may be done, taken, or unknown by now
 * @throws SecretMismatch: the credential does not open with this process's secret, and nothing was taken
 */
export async function claimBatch(deps: ClaimDeps, batchId: string): Promise<Claim> {
  for (let most = Infinity; ; ) {
    let ended: Claim | undefined
    const claim = await transaction(deps.pool, async tx => {
      ended = undefined
      ended = await tryClaim(deps, tx, batchId, most)
      return ended
    }).catch((error: unknown): Claim | TooLittleBudget => {
      if (error instanceof TooLittleBudget) return error
      if (ended?.kind === 'CLAIMED') return { kind: 'UNANSWERED', batch: ended.batch, error }
      throw error
    })
    if (!(claim instanceof TooLittleBudget)) return claim
    most = claim.affordable
    if (most === 0) return transaction(deps.pool, tx => failForBudget(tx, claim, deps.now()))
  }
}

const TOLD_WAIT_MS = 1_000

async function tryClaim(deps: ClaimDeps, tx: Tx, batchId: string, most: number): Promise<Claim> {
  const lookedAt = lookingAt(deps)
  const header = await lockBatch(tx, batchId)
  if (header?.campaign_status !== 'PROCESSING') return { kind: 'GONE' }
  if (header.kind === 'CLOSING') return { kind: 'CLOSING' }
  const now = deps.now()
  const adapter = await adapterOf(header.adapter)
  const throttling = throttlingOf(header.throttling_type, header.throttling_config)
  const campaign = {
    id: header.campaign_id,
    brokerId: header.broker_id,
    paced: throttling.type !== 'none' || header.rate_limit !== null,
  }
  const fail = async (reason: string): Promise<Claim> => {
    await failCampaign(tx, campaign.id, reason, now)
    return { kind: 'FAILED', campaign, handle: header.agendamento_id, reason }
  }
  if (!header.credential_id) return fail(`the wallet has no credential at broker ${header.broker}`)
  // Before anything is taken: a worker with another secret leaves the batch QUEUED for the others.
  const key = { id: header.credential_id, sealed: header.sealed }
  const credential = await openCredential(tx, deps.keys, adapter, key)
  if (credential.flaw !== undefined) return fail(credential.flaw)

  const wait = async (until: Date, why: Waiting['why']): Promise<Claim> => {
    const ring = await postpone(tx, header.id, { until, asleep: why === 'HOURS' }, now)
    return { kind: 'WAIT', until, why, ring, campaign, number: header.number }
  }
  const circuit = { failures: header.circuit_failures, blockedUntil: header.blocked_until }
  const waitForBroker = (blockedUntil: Date) =>
    wait(lookAgainAt({ ...circuit, blockedUntil }, now, deps.random), 'BROKER')
  if (circuit.blockedUntil && circuit.blockedUntil > now) return waitForBroker(circuit.blockedUntil)
  const found = await takeMoment(tx, deps, { header, adapter, throttling, now })
  if ('wait' in found) return wait(found.wait.until, found.wait.why)
  const { startAt, closesAt, requestIntervalMs, size, requests, takenMs } = found
  const sending = { from: startAt, to: new Date(startAt.getTime() + (requests - 1) * requestIntervalMs) }
  const leaseMs = deps.leaseMs(adapter.timeoutMs)
  const leaseUntil = new Date(sending.to.getTime() + requestIntervalMs + leaseMs)
  const probe = isOpen(circuit) ? await takeProbe(tx, header.credential_id, now, leaseUntil) : 'CLOSED'
  if (probe === 'BUSY') return waitForBroker(leaseUntil)
  const probing = probe === 'TAKEN'

  const { leads, refused, left, told } = await vetLeads(tx, header, Math.min(most, size), sending)
  await refuseLeads(tx, header, refused, now)
  const taken = await takeLeads(tx, header, leads)
  if (taken.length === 0) {
    if (probing) await giveProbeBack(tx, header.credential_id, now)
    // With leads left over, those before them were refused: the next claim looks at the rest.
    if (left > 0) return wait(now, 'BROKER')
    // What the inbox says of them is applied any moment: they are the broker's, or they are to be sent.
    if (told > 0) return wait(new Date(now.getTime() + TOLD_WAIT_MS), 'BROKER')
    await tx.query(
      `UPDATE "Batch" SET status = 'DONE', attempt = attempt + 1, refused = refused + $2, claimed_at = $3, settled_at = $3 WHERE id = $1`,
      [header.id, refused.length, now],
    )
    if (!(await hasQueued(tx, header.campaign_id))) await finishIfDone(tx, header.campaign_id, now)
    return { kind: 'EMPTIED', campaign, number: header.number }
  }
  const month = monthOf(now, deps.timezone)
  const opening = { refused: refused.length, messages: taken.length, month, leaseUntil, now }
  const { attempt, xid } = await openBatch(tx, header, opening)
  await reserve(tx, header, taken.length, month, now)
  return {
    kind: 'CLAIMED',
    batch: {
      id: header.id,
      attempt,
      xid,
      number: header.number,
      failures: header.failures,
      campaign: {
        ...campaign,
        agendamentoId: header.agendamento_id,
        baseMessage: header.base_message,
        template:
          header.template_code === null ? null : { code: header.template_code, content: header.template_content! },
        templateVars: header.template_vars,
        walletId: header.wallet_id,
        idgisAmbiente: header.idgis_ambiente,
      },
      broker: header.broker,
      adapter: header.adapter,
      credential: { id: key.id, config: credential.config, updatedAt: header.credential_updated_at },
      startAt,
      requestIntervalMs,
      closesAt,
      nextAt: campaign.paced ? new Date(startAt.getTime() + takenMs) : null,
      leaseUntil,
      leaseMs,
      unitCost: header.unit_cost,
      claimedAt: now,
      lookedAt,
      leads: taken,
      probe: probing,
      left,
    },
  }
}

async function failForBudget(tx: Tx, { payer, reason }: TooLittleBudget, now: Date): Promise<Claim> {
  const campaign = { id: payer.campaign_id, brokerId: payer.broker_id, paced: false }
  await failCampaign(tx, campaign.id, reason, now, 'BUDGET')
  return { kind: 'FAILED', campaign, handle: payer.agendamento_id, reason }
}

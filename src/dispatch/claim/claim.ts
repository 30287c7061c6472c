import { codeOverridesOf } from '../../broker/code-overrides.ts'
import { adapterOf } from '../../broker/registry.ts'
import { reserve, TooLittleBudget } from '../../budget/reserve.ts'
import { throttlingOf } from '../../campaign-settings/throttling.ts'
import { type Tx, transaction } from '../../database/pool.ts'
import { deferBatch, parkBatch } from '../../lifecycle/batch-queue.ts'
import { closeEmptyBatch, openBatch } from '../../lifecycle/batch-writes.ts'
import { failCampaign } from '../../lifecycle/transition.ts'
import { openCredential } from '../../security/open-credential.ts'
import { monthOf } from '../../time/local-day.ts'
import { finishIfDone, hasQueued } from '../finish/finish.ts'
import type { Claim, ClaimWait } from '../model/claimed-batch.ts'
import type { ClaimDeps } from '../model/deps.ts'
import { giveProbeBack, isCircuitOpen, lookAgainAt, takeProbe } from '../pacing/circuit-breaker.ts'
import { isFirstInFlight } from '../pacing/first-batch.ts'
import { isPaced } from '../plan/enqueue.ts'
import { lookingAt } from '../send/permit.ts'
import { lockBatch } from './lock-batch.ts'
import { reserveSlot } from './reserve-slot.ts'
import { refuseScreened, screenLeads, takeScreened } from './screen-leads.ts'

/**
 * @param batchId from the queue: the batch may be done, claimed, or unknown by now
 * @throws SecretMismatch: this process's secret does not open the credential, and nothing was taken
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

const REPORTED_WAIT_MS = 1_000

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
    paced: isPaced(header),
  }
  const fail = async (reason: string): Promise<Claim> => {
    await failCampaign(tx, campaign.id, reason, now)
    return { kind: 'FAILED', campaign, handle: header.agendamento_id, reason }
  }
  if (!header.credential_id) return fail(`the wallet has no credential at broker ${header.broker}`)
  // Checked before anything is taken: a worker with another secret leaves the batch QUEUED for the others.
  const key = { id: header.credential_id, sealed: header.sealed }
  const credential = await openCredential(tx, deps.keys, adapter, key)
  if (credential.flaw !== undefined) return fail(credential.flaw)

  const wait = async (until: Date, why: ClaimWait['why']): Promise<Claim> => {
    const enqueue_seq = await deferBatch(tx, header.id, { until, waiting_for_hours: why === 'HOURS' }, now)
    return { kind: 'WAIT', until, why, enqueue_seq, campaign, number: header.number }
  }
  const circuit = { failures: header.circuit_failures, blockedUntil: header.blocked_until }
  const waitForBroker = (blockedUntil: Date) =>
    wait(lookAgainAt({ ...circuit, blockedUntil }, now, deps.random), 'BROKER')
  if (circuit.blockedUntil && circuit.blockedUntil > now) return waitForBroker(circuit.blockedUntil)
  const first = header.unanswered_start
  const park = async (): Promise<Claim> => {
    await parkBatch(tx, header.id)
    return { kind: 'PARKED' }
  }
  if (first !== null && (await isFirstInFlight(tx, campaign.id, first, now))) return park()
  const found = await reserveSlot(tx, deps, { header, adapter, throttling, now })
  if (found === 'NO_ROOM') return park()
  if ('wait' in found) return wait(found.wait.until, found.wait.why)
  const { startAt, windowStartsAt, windowEndsAt, requestIntervalMs, size, requests, takenMs } = found
  const sending = { from: startAt, to: new Date(startAt.getTime() + (requests - 1) * requestIntervalMs) }
  const leaseMs = deps.leaseMs(adapter.timeoutMs)
  const leaseUntil = new Date(sending.to.getTime() + requestIntervalMs + leaseMs)
  const probe = isCircuitOpen(circuit) ? await takeProbe(tx, header.credential_id, now, leaseUntil) : 'CLOSED'
  if (probe === 'BUSY') return waitForBroker(leaseUntil)
  const probing = probe === 'TAKEN'

  const { leads, refused, left, reported } = await screenLeads(tx, header, Math.min(most, size), sending)
  await refuseScreened(tx, header, refused, now)
  const taken = await takeScreened(tx, header, leads)
  if (taken.length === 0) {
    if (probing) await giveProbeBack(tx, header.credential_id, now)
    // The leads before those left over were refused: the next claim screens the rest.
    if (left > 0) return wait(now, 'BROKER')
    // The inbox holds unapplied events for them. Once these are applied, the leads are accepted, or are still to be sent.
    if (reported > 0) return wait(new Date(now.getTime() + REPORTED_WAIT_MS), 'BROKER')
    await closeEmptyBatch(tx, header.id, refused.length, now)
    if (!(await hasQueued(tx, header.campaign_id))) await finishIfDone(tx, header.campaign_id, now)
    return { kind: 'EMPTIED', campaign, number: header.number }
  }
  const month = monthOf(now, deps.timezone)
  const opening = { refused: refused.length, messages: taken.length, month, firstOf: first, leaseUntil, now }
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
      codeOverrides: codeOverridesOf(header.codes),
      credential: { id: key.id, config: credential.config, updatedAt: header.credential_updated_at },
      startAt,
      requestIntervalMs,
      windowStartsAt,
      windowEndsAt,
      nextAt: campaign.paced ? new Date(startAt.getTime() + takenMs) : null,
      leaseUntil,
      leaseMs,
      unitCost: header.unit_cost,
      claimedAt: now,
      lookedAt,
      firstOf: first,
      isLimited: header.concurrency !== null,
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

import { codeOverridesOf } from '../../broker/code-overrides.ts'
import { adapterOf } from '../../broker/registry.ts'
import { reserve, TooLittleBudget } from '../../budget/reserve.ts'
import { throttlingOf } from '../../campaign-settings/throttling.ts'
import { type Tx, transaction } from '../../database/pool.ts'
import { deferBatch, parkBatch } from '../../lifecycle/batch-queue.ts'
import { closeEmptyBatch, openBatches } from '../../lifecycle/batch-writes.ts'
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
import { type BatchRow, type GroupLimits, lockFollowing, roomsOf } from './group.ts'
import { type BatchHeader, lockBatch, nextInstead } from './lock-batch.ts'
import { reserveSlot } from './reserve-slot.ts'
import { refuseScreened, type Screened, screenLeads, takeScreened } from './screen-leads.ts'

/**
 * Claims the batch, and with it batches that follow it in its campaign (group.ts), in one transaction.
 * @param batchId from the queue: the batch may be done, claimed, or unknown by now
 * @param limitsOf how much to take of a campaign; undefined: this batch and no other
 * @returns what became of each batch; of the first one alone, unless others were claimed with it
 * @throws SecretMismatch: this process's secret does not open the credential, and nothing was taken
 */
export async function claimBatches(
  deps: ClaimDeps,
  batchId: string,
  limitsOf?: (campaignId: string) => GroupLimits,
): Promise<Claim[]> {
  for (let taking: Taking = { limitsOf, most: Infinity }; ; ) {
    let ended: Claim[] = []
    const claims = await transaction(deps.pool, async tx => {
      ended = []
      ended = await tryClaim(deps, tx, batchId, taking)
      return ended
    }).catch((error: unknown): Claim[] | TooLittleBudget => {
      if (error instanceof TooLittleBudget) return error
      const unanswered = ended.flatMap(claim =>
        claim.kind === 'CLAIMED' ? [{ kind: 'UNANSWERED' as const, batch: claim.batch, error }] : [],
      )
      if (unanswered.length > 0) return unanswered
      throw error
    })
    if (!(claims instanceof TooLittleBudget)) return claims
    // What the budget still pays for goes batch by batch.
    taking = { most: claims.affordable }
    if (claims.affordable === 0) return [await transaction(deps.pool, tx => failForBudget(tx, claims, deps.now()))]
  }
}

interface Taking {
  /** undefined: one batch. */
  limitsOf?: ((campaignId: string) => GroupLimits) | undefined
  /** Messages of the first batch. */
  most: number
}

const REPORTED_WAIT_MS = 1_000

async function tryClaim(deps: ClaimDeps, tx: Tx, batchId: string, { limitsOf, most }: Taking): Promise<Claim[]> {
  const lookedAt = lookingAt(deps)
  const header = await lockOne(tx, batchId, limitsOf !== undefined)
  if (header?.campaign_status !== 'PROCESSING') return [{ kind: 'GONE' }]
  if (header.kind === 'CLOSING') return [{ kind: 'CLOSING' }]
  const now = deps.now()
  const adapter = await adapterOf(header.adapter)
  const throttling = throttlingOf(header.throttling_type, header.throttling_config)
  const campaign = {
    id: header.campaign_id,
    brokerId: header.broker_id,
    paced: isPaced(header),
  }
  const fail = async (reason: string): Promise<Claim[]> => {
    await failCampaign(tx, campaign.id, reason, now)
    return [{ kind: 'FAILED', campaign, handle: header.agendamento_id, reason }]
  }
  if (!header.credential_id) return fail(`the wallet has no credential at broker ${header.broker}`)
  // Checked before anything is taken: a worker with another secret leaves the batch QUEUED for the others.
  const key = { id: header.credential_id, sealed: header.sealed }
  const credential = await openCredential(tx, deps.keys, adapter, key)
  if (credential.flaw !== undefined) return fail(credential.flaw)

  const wait = async (row: BatchRow, until: Date, why: ClaimWait['why']): Promise<Claim> => {
    const enqueue_seq = await deferBatch(tx, row.id, { until, waiting_for_hours: why === 'HOURS' }, now)
    return { kind: 'WAIT', batchId: row.id, until, why, enqueue_seq, campaign, number: row.number }
  }
  const circuit = { failures: header.circuit_failures, blockedUntil: header.blocked_until }
  const waitForBroker = async (blockedUntil: Date) => [
    await wait(header, lookAgainAt({ ...circuit, blockedUntil }, now, deps.random), 'BROKER'),
  ]
  if (circuit.blockedUntil && circuit.blockedUntil > now) return waitForBroker(circuit.blockedUntil)
  const first = header.unanswered_start
  const mayGroup = !campaign.paced && first === null && header.concurrency === null && !isCircuitOpen(circuit)
  const limits = mayGroup ? limitsOf?.(campaign.id) : undefined
  const following = limits ? await lockFollowing(tx, header, adapter, limits) : []
  const park = async (): Promise<Claim[]> => {
    await parkBatch(tx, header.id)
    return [{ kind: 'PARKED' }]
  }
  if (first !== null && (await isFirstInFlight(tx, campaign.id, first, now))) return park()
  const found = await reserveSlot(tx, deps, { header, adapter, throttling, now })
  if (found === 'NO_ROOM') return park()
  if ('wait' in found) return [await wait(header, found.wait.until, found.wait.why)]
  const { startAt, requestIntervalMs, requests, takenMs } = found
  const sending = { from: startAt, to: new Date(startAt.getTime() + (requests - 1) * requestIntervalMs) }
  const leaseMs = deps.leaseMs(adapter.timeoutMs)
  const leaseUntil = new Date(sending.to.getTime() + requestIntervalMs + leaseMs)
  const probe = isCircuitOpen(circuit) ? await takeProbe(tx, header.credential_id, now, leaseUntil) : 'CLOSED'
  if (probe === 'BUSY') return waitForBroker(leaseUntil)
  const probing = probe === 'TAKEN'

  const rooms = roomsOf(deps, { header, adapter, first: found, following, most })
  const screened = await screenLeads(tx, header, rooms, sending)
  await refuseScreened(tx, header, screened, now)
  const taken = await takeScreened(tx, header, screened)
  const full = taken.filter(({ leads }) => leads.length > 0)

  const leave = async ({ row, refused, left, reported }: Screened): Promise<Claim> => {
    // The leads before those left over were refused: the next claim screens the rest.
    if (left > 0) return wait(row, now, 'BROKER')
    // The inbox holds unapplied events for them. Once these are applied, the leads are accepted, or are still to be sent.
    if (reported > 0) return wait(row, new Date(now.getTime() + REPORTED_WAIT_MS), 'BROKER')
    await closeEmptyBatch(tx, row.id, refused.length, now)
    return { kind: 'EMPTIED', campaign, number: row.number }
  }
  const claims: Claim[] = []
  for (const batch of taken) if (batch.leads.length === 0) claims.push(await leave(batch))
  if (full.length === 0) {
    if (probing) await giveProbeBack(tx, header.credential_id, now)
    const isEnd = claims.every(({ kind }) => kind === 'EMPTIED')
    if (isEnd && !(await hasQueued(tx, header.campaign_id))) await finishIfDone(tx, header.campaign_id, now)
    return claims
  }
  const month = monthOf(now, deps.timezone)
  const { wallet_id, unit_cost } = header
  const costs = full.map(({ row, leads, refused }) => ({
    id: row.id,
    messages: leads.length,
    refused: refused.length,
  }))
  const opened = await openBatches(tx, { wallet_id, unit_cost, month, firstOf: first, leaseUntil, now }, costs)
  await reserve(tx, header, costs, month, now)
  const shared = {
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
    nextAt: campaign.paced ? new Date(startAt.getTime() + takenMs) : null,
    leaseUntil,
    leaseMs,
    unitCost: header.unit_cost,
    claimedAt: now,
    lookedAt,
    firstOf: first,
    isLimited: header.concurrency !== null,
    probe: probing,
  }
  return [
    ...full.map(({ row, window, leads, left }): Claim => {
      const { id, number, failures } = row
      return {
        kind: 'CLAIMED',
        batch: { ...shared, ...opened.get(id)!, ...window, id, number, failures, leads, left },
      }
    }),
    ...claims,
  ]
}

async function lockOne(tx: Tx, batchId: string, orAnother: boolean): Promise<BatchHeader | undefined> {
  const header = await lockBatch(tx, batchId)
  if (header || !orAnother) return header
  const instead = await nextInstead(tx, batchId)
  return instead === undefined ? undefined : lockBatch(tx, instead)
}

async function failForBudget(tx: Tx, { payer, reason }: TooLittleBudget, now: Date): Promise<Claim> {
  const campaign = { id: payer.campaign_id, brokerId: payer.broker_id, paced: false }
  await failCampaign(tx, campaign.id, reason, now, 'BUDGET')
  return { kind: 'FAILED', campaign, handle: payer.agendamento_id, reason }
}

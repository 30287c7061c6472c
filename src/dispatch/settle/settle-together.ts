import { adapterOf } from '../../broker/registry.ts'
import { isDataError } from '../../database/faults.ts'
import type { BatchOutcome, Settled } from '../model/batch-outcome.ts'
import type { ClaimedBatch } from '../model/claimed-batch.ts'
import type { DispatchDeps } from '../model/deps.ts'
import { persist } from './persist.ts'
import { isPlain, type Settlement, settlePlain } from './settle-plain.ts'
import { aboutOf, giveUpAt, settleWithRetry } from './settle-with-retry.ts'

/** How long an outcome waits for those of other batches. */
const GATHER_MS = 100

/** Transactions of one campaign: while they run, the next one gathers. */
const MOST_AT_ONCE = 2

/** Settles a worker's batches: those of one campaign whose outcomes are known at about the same time in one transaction. */
export interface Settler {
  /** To be called for each claimed batch, which then is settled or abandoned. */
  began(batch: ClaimedBatch): void
  /** It is not settled: its lease ends. */
  abandoned(batch: ClaimedBatch): void
  /** @returns undefined if the batch's lease had expired */
  settle(batch: ClaimedBatch, outcome: BatchOutcome): Promise<Settled | undefined>
}

/** Batches that are not plain are settled one by one, at once. */
export function openSettler(deps: DispatchDeps): Settler {
  const gathers = new Map<string, Gather>()
  const flush = async (campaignId: string, gather: Gather) => {
    clearTimeout(gather.timer)
    gather.timer = undefined
    if (gather.running === MOST_AT_ONCE || gather.waiting.length === 0) return forget(campaignId, gather)
    gather.running++
    await settleAll(deps, gather.waiting.splice(0))
    gather.running--
    // What has come meanwhile has waited long enough.
    await flush(campaignId, gather)
  }
  const forget = (campaignId: string, { open, running, waiting }: Gather) => {
    if (open === 0 && running === 0 && waiting.length === 0) gathers.delete(campaignId)
  }
  const ended = (campaignId: string) => {
    const gather = gathers.get(campaignId)!
    gather.open--
    // No other batch is in flight that an outcome could wait for.
    if (gather.open === 0) void flush(campaignId, gather)
    else if (gather.waiting.length > 0) gather.timer ??= setTimeout(() => void flush(campaignId, gather), GATHER_MS)
  }
  return {
    began: ({ campaign }) => {
      const gather = gathers.get(campaign.id) ?? { open: 0, running: 0, waiting: [] }
      gather.open++
      gathers.set(campaign.id, gather)
    },
    abandoned: ({ campaign }) => ended(campaign.id),
    settle: (batch, outcome) => {
      const settlement = { batch, outcome }
      const { waiting } = gathers.get(batch.campaign.id)!
      const settled = isPlain(settlement)
        ? new Promise<Settled | undefined>((resolve, reject) => waiting.push({ ...settlement, resolve, reject }))
        : settleWithRetry(deps, batch, outcome)
      ended(batch.campaign.id)
      return settled
    },
  }
}

/** One campaign's. */
interface Gather {
  /** How many batches are in flight. */
  open: number
  /** How many transactions are. */
  running: number
  waiting: Waiting[]
  timer?: NodeJS.Timeout | undefined
}

interface Waiting extends Settlement {
  resolve: (settled: Settled | undefined) => void
  reject: (error: unknown) => void
}

/** Never throws: each outcome's caller is told. */
async function settleAll(deps: DispatchDeps, waiting: readonly Waiting[]): Promise<void> {
  const settled = await settleGroup(deps, waiting).catch((error: unknown) => error)
  for (const { batch, outcome, resolve, reject } of waiting) {
    const one = settled instanceof Map ? settled.get(batch.id) : undefined
    if (one) resolve(one)
    // Fenced, or its texts are refused: what follows from that is decided for each batch.
    else if (settled instanceof Map || isDataError(settled)) settleWithRetry(deps, batch, outcome).then(resolve, reject)
    else reject(settled)
  }
}

/** @returns those that were settled */
async function settleGroup(
  deps: DispatchDeps,
  settlements: readonly Settlement[],
): Promise<ReadonlyMap<string, Settled>> {
  if (settlements.length < 2) return new Map()
  const { batch } = settlements[0]!
  const adapter = await adapterOf(batch.adapter)
  return persist(deps, { what: 'settle', about: aboutOf(batch), giveUpAt: giveUpAt(batch) }, () =>
    settlePlain(deps, settlements, adapter),
  )
}

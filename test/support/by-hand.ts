import type { Outcome } from '../../src/broker/port.ts'
import type { HolidayTest } from '../../src/calendar/custom-holidays.ts'
import type { ApproveOptions } from '../../src/campaign/approval/approve.ts'
import type { MoveDeps } from '../../src/campaign/deps.ts'
import { claimBatches } from '../../src/dispatch/claim/claim.ts'
import type { BatchOutcome } from '../../src/dispatch/model/batch-outcome.ts'
import type { Claim, ClaimedBatch } from '../../src/dispatch/model/claimed-batch.ts'
import type { ClaimDeps } from '../../src/dispatch/model/deps.ts'
import { openPermits, type Permit, type PermitDeps, type PermittedBatch } from '../../src/dispatch/send/permit.ts'
import { settleBatch } from '../../src/dispatch/settle/settle.ts'
import { CampError } from '../../src/errors.ts'
import type { Enqueuer } from '../../src/queue/queues.ts'
import type { TestDatabase } from './database.ts'
import { testKeys } from './fixtures.ts'

export const SAO_PAULO = 'America/Sao_Paulo'
export const APPROVAL: ApproveOptions = { timezone: SAO_PAULO }

/** Dispatch one step at a time, at moments that the test decides: no queue, no worker, no broker. */
export function byHand(db: Pick<TestDatabase, 'pool'>, start: Date, isHoliday: HolidayTest = () => false) {
  let at = start
  const clock = { now: () => at }
  const LEASE_MS = 60_000
  const times = { now: clock.now, monotonic: () => at.getTime(), random: () => 0.5 }
  return {
    LEASE_MS,
    now: clock.now,
    moveTo(moment: Date | string): void {
      at = new Date(moment)
    },
    wait(ms: number): void {
      at = new Date(at.getTime() + ms)
    },
    /** What the moves need; no worker takes what they enqueue. */
    get deps(): MoveDeps & { queues: Enqueuer } {
      return { pool: db.pool, clock, queues: DEAF }
    },
    async claim(batchId: string): Promise<Claim> {
      const keys = await testKeys()
      return claimBatch(
        { pool: db.pool, keys, ...times, leaseMs: () => LEASE_MS, timezone: SAO_PAULO, isHoliday },
        batchId,
      )
    },
    settle: (batch: ClaimedBatch, outcome: BatchOutcome) =>
      settleBatch({ pool: db.pool, ...times }, batch, { correlatesByProviderId: false }, outcome),
    /** As if the broker had taken a message since its start: its batches may be claimed beside one another. */
    async answered(campaignId: string): Promise<void> {
      await db.pool.query(`UPDATE "Campaign" SET unanswered_start = NULL WHERE id = $1`, [campaignId])
    },
    /** The ids of its QUEUED batches, by number. */
    async queued(campaignId: string): Promise<string[]> {
      const { rows } = await db.pool.query<{ id: string }>(
        `SELECT id FROM "Batch" WHERE campaign_id = $1 AND status = 'QUEUED' ORDER BY number`,
        [campaignId],
      )
      return rows.map(row => row.id)
    },
  }
}

/** Claims one batch, and none beside it. */
export async function claimBatch(deps: ClaimDeps, batchId: string): Promise<Claim> {
  const [claim] = await claimBatches(deps, batchId)
  return claim!
}

export function openPermit(deps: PermitDeps, batch: PermittedBatch): Permit {
  return openPermits(deps, [batch])[0]!
}

export const DEAF: Enqueuer = { enqueue: async () => undefined }

/** @throws Error when it was not claimed */
export function claimed(claim: Claim): ClaimedBatch {
  if (claim.kind !== 'CLAIMED') throw new Error(`it was not claimed: ${JSON.stringify(claim)}`)
  return claim.batch
}

export function outcomeOf(kind: Outcome['kind']): Outcome {
  switch (kind) {
    case 'ACCEPTED':
      return { kind }
    case 'REJECTED':
      return { kind, code: 'REFUSED', detail: 'the test refuses it' }
    default:
      return { kind, reason: `the test: ${kind}` }
  }
}

/** @returns undefined where the state or the money does not allow it: no finding of a random walk */
export async function unlessRefused<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof CampError) return undefined
    throw error
  }
}

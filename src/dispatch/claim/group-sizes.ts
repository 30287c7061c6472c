import { GROUP_LIMITS, type GroupLimits } from './group.ts'

/** A claim whose requests end within the first time may be twice as large the next time; after the second it is halved. */
const SOON_MS = 20
const LATE_MS = 250

/** How many batches of each campaign this worker claims together. */
export interface GroupSizes {
  limitsOf(campaignId: string): GroupLimits
  /** @param isPlain each message of the claim was accepted or refused; else the next claim takes one batch */
  ended(campaignId: string, claim: { isPlain: boolean; batches: number; tookMs: number }): void
}

/**
 * A claim begins with one batch and grows while the broker answers, soon and to the point. So a broker that refuses, hangs or is
 * down is asked no more at once than one batch for each claim, and a worker that dies leaves no more than about a quarter of a second's
 * work of each claim in doubt.
 */
export function openGroupSizes(): GroupSizes {
  const sizes = new Map<string, number>()
  return {
    limitsOf: campaignId => ({ ...GROUP_LIMITS, batches: sizes.get(campaignId) ?? 1 }),
    ended: (campaignId, { isPlain, batches, tookMs }) => {
      const size = sizes.get(campaignId) ?? 1
      if (!isPlain) sizes.delete(campaignId)
      else if (tookMs > LATE_MS) sizes.set(campaignId, Math.max(1, Math.floor(Math.min(size, batches) / 2)))
      else if (tookMs < SOON_MS && batches >= size) sizes.set(campaignId, Math.min(GROUP_LIMITS.batches, 2 * size))
    },
  }
}

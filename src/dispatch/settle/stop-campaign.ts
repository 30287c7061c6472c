import type { CodeStop } from '../../broker/classify-code.ts'
import type { Tx } from '../../database/pool.ts'
import { failCampaign, pauseForReview } from '../../lifecycle/transition.ts'

const ENDS = { PAUSE: pauseForReview, FAIL: failCampaign } as const

/** Ends a running campaign's sending because of a code, until a person resumes it. */
export async function stopCampaign(tx: Tx, campaignId: string, { ends, reason }: CodeStop, now: Date): Promise<void> {
  await ENDS[ends](tx, campaignId, reason, now)
}

import type { Tx } from '../database/pool.ts'
import type { TransitionName } from '../lifecycle/campaign-status.ts'
import { type TransitionBy, transition } from '../lifecycle/transition.ts'
import type { CampaignHeader } from './campaign-header.ts'
import { refusedTransition } from './refused-transition.ts'

/** @throws CampError TRANSITION_REFUSED, and nothing is written */
export async function makeMove(
  tx: Tx,
  name: TransitionName,
  campaign: CampaignHeader,
  by: TransitionBy,
): Promise<void> {
  if (!(await transition(tx, name, campaign.id, by))) throw refusedTransition(name, campaign)
}

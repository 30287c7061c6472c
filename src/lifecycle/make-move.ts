import type { Tx } from '../database/pool.ts'
import type { CampaignStatus, TransitionName } from './campaign-status.ts'
import { refusedTransition } from './refused-transition.ts'
import { type TransitionBy, transition } from './transition.ts'

/** @throws CampError TRANSITION_REFUSED, and nothing is written */
export async function makeMove(
  tx: Tx,
  name: TransitionName,
  campaign: { id: string; agendamento_id: string; status: CampaignStatus },
  by: TransitionBy,
): Promise<void> {
  if (!(await transition(tx, name, campaign.id, by))) throw refusedTransition(name, campaign)
}

import { CampError } from '../errors.ts'
import type { CampaignStatus, TransitionName } from './campaign-status.ts'
import { stateHint } from './state-hint.ts'

/** @returns the error for a transition that the campaign's status does not allow */
export function refusedTransition(
  name: TransitionName,
  campaign: { agendamento_id: string; status: CampaignStatus },
): CampError {
  return new CampError(
    'TRANSITION_REFUSED',
    `cannot ${name === 'retryFree' ? 'retry' : name} campaign ${campaign.agendamento_id}: it is ${campaign.status}`,
    { hint: stateHint(campaign.status, campaign.agendamento_id) },
  )
}

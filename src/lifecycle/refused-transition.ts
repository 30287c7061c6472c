import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { CampaignStatus, TransitionName } from './campaign-status.ts'
import { stateHint } from './state-hint.ts'

/** @returns the error for a transition that the campaign's status does not allow */
export function refusedTransition(
  name: TransitionName,
  { agendamento_id: handle, status }: { agendamento_id: string; status: CampaignStatus },
): CampError {
  return new CampError('TRANSITION_REFUSED', REFUSALS[name](handle, status), { hint: stateHint(status, handle) })
}

const REFUSALS: Readonly<Record<TransitionName, (handle: string, status: CampaignStatus) => string>> = {
  approve: (handle, status) => t`cannot approve campaign ${handle}: it is ${status}`,
  reject: (handle, status) => t`cannot reject campaign ${handle}: it is ${status}`,
  void: (handle, status) => t`cannot void campaign ${handle}: it is ${status}`,
  run: (handle, status) => t`cannot run campaign ${handle}: it is ${status}`,
  pause: (handle, status) => t`cannot pause campaign ${handle}: it is ${status}`,
  resume: (handle, status) => t`cannot resume campaign ${handle}: it is ${status}`,
  fail: (handle, status) => t`cannot fail campaign ${handle}: it is ${status}`,
  finish: (handle, status) => t`cannot finish campaign ${handle}: it is ${status}`,
  reopen: (handle, status) => t`cannot reopen campaign ${handle}: it is ${status}`,
  retry: (handle, status) => t`cannot retry campaign ${handle}: it is ${status}`,
  retryFree: (handle, status) => t`cannot retry campaign ${handle}: it is ${status}`,
  cancel: (handle, status) => t`cannot cancel campaign ${handle}: it is ${status}`,
  archive: (handle, status) => t`cannot archive campaign ${handle}: it is ${status}`,
}

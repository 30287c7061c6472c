/** A campaign's statuses. TRANSITIONS is the table of their transitions; only `transition` writes them (transition.ts). */
export const CAMPAIGN_STATUSES = [
  'PENDING_APPROVAL',
  'APPROVED',
  'PROCESSING',
  'PAUSED',
  'FINISHED',
  'FAILED',
  'CANCELLED',
  'ARCHIVED',
] as const
export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number]

interface Transition {
  from: readonly CampaignStatus[]
  to: CampaignStatus
}

export const TRANSITIONS = {
  approve: { from: ['PENDING_APPROVAL'], to: 'APPROVED' },
  reject: { from: ['PENDING_APPROVAL'], to: 'CANCELLED' },
  /** What was approved has changed since: it must be approved again. */
  void: { from: ['APPROVED', 'FAILED', 'PAUSED'], to: 'PENDING_APPROVAL' },
  run: { from: ['APPROVED'], to: 'PROCESSING' },
  pause: { from: ['PROCESSING'], to: 'PAUSED' },
  resume: { from: ['PAUSED', 'FAILED'], to: 'PROCESSING' },
  fail: { from: ['PROCESSING'], to: 'FAILED' },
  /** A campaign that was paused while its last request was in flight has nothing left to wait for. */
  finish: { from: ['PROCESSING', 'PAUSED'], to: 'FINISHED' },
  /** Leads in doubt are to be sent again. */
  reopen: { from: ['FINISHED'], to: 'PROCESSING' },
  /** Failed leads are to be sent again: that costs, so the campaign is approved again; `retryFree` if a message costs nothing. */
  retry: { from: ['FINISHED', 'FAILED', 'PAUSED'], to: 'PENDING_APPROVAL' },
  retryFree: { from: ['FINISHED', 'FAILED', 'PAUSED'], to: 'APPROVED' },
  cancel: { from: ['PENDING_APPROVAL', 'APPROVED', 'PROCESSING', 'PAUSED', 'FAILED'], to: 'CANCELLED' },
  /** Another system sent it: it is kept as history, and no transition leaves that status. */
  archive: { from: ['PENDING_APPROVAL'], to: 'ARCHIVED' },
} as const satisfies Record<string, Transition>

export type TransitionName = keyof typeof TRANSITIONS

export function isLegal(transition: TransitionName, from: CampaignStatus): boolean {
  return (TRANSITIONS[transition].from as readonly CampaignStatus[]).includes(from)
}

import { CampError } from '../errors.ts'
import { stateHint } from './next-step.ts'

/** A campaign's life. Every move is in this table, and each is one UPDATE with the old states in its WHERE. */
export const CAMPAIGN_STATUSES = [
  'PENDING_APPROVAL',
  'APPROVED',
  'PROCESSING',
  'PAUSED',
  'FINISHED',
  'FAILED',
  'CANCELLED',
] as const
export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number]

interface Move {
  from: readonly CampaignStatus[]
  to: CampaignStatus
}

export const MOVES = {
  approve: { from: ['PENDING_APPROVAL'], to: 'APPROVED' },
  reject: { from: ['PENDING_APPROVAL'], to: 'CANCELLED' },
  /** What was approved has changed since: it must be approved again. */
  void: { from: ['APPROVED', 'FAILED', 'PAUSED'], to: 'PENDING_APPROVAL' },
  run: { from: ['APPROVED'], to: 'PROCESSING' },
  pause: { from: ['PROCESSING'], to: 'PAUSED' },
  resume: { from: ['PAUSED', 'FAILED'], to: 'PROCESSING' },
  fail: { from: ['PROCESSING'], to: 'FAILED' },
  /** A campaign that was paused while its last request was on its way has nothing left to wait for. */
  finish: { from: ['PROCESSING', 'PAUSED'], to: 'FINISHED' },
  /** Leads in doubt are to be sent after all. */
  reopen: { from: ['FINISHED'], to: 'PROCESSING' },
  /** What failed is to be sent again: that costs, so it is approved again; where a message costs nothing, it need not be. */
  retry: { from: ['FINISHED', 'FAILED', 'PAUSED'], to: 'PENDING_APPROVAL' },
  retryFree: { from: ['FINISHED', 'FAILED', 'PAUSED'], to: 'APPROVED' },
  cancel: { from: ['PENDING_APPROVAL', 'APPROVED', 'PROCESSING', 'PAUSED', 'FAILED'], to: 'CANCELLED' },
} as const satisfies Record<string, Move>

export type MoveName = keyof typeof MOVES

export function isLegal(move: MoveName, from: CampaignStatus): boolean {
  return (MOVES[move].from as readonly CampaignStatus[]).includes(from)
}

/** @returns the error for a move that the campaign's state does not allow */
export function illegalMove(move: MoveName, campaign: { agendamento_id: string; status: CampaignStatus }): CampError {
  return new CampError(
    'TRANSITION_REFUSED',
    `cannot ${move === 'retryFree' ? 'retry' : move} campaign ${campaign.agendamento_id}: it is ${campaign.status}`,
    { hint: stateHint(campaign.status, campaign.agendamento_id) },
  )
}

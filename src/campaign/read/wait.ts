import type { CampaignStatus } from '../../lifecycle/campaign-status.ts'
import type { StopView } from './stop-view.ts'

/** Why nothing of a campaign is sent at the moment. */
export type Wait =
  | { why: 'STOPPED'; status: CampaignStatus; stop: StopView | null; reason: string | null }
  | { why: 'START'; until: Date | null }
  | { why: 'HELD'; reason: string }
  | { why: 'NO_WORKER' }
  | { why: 'BROKER'; since: Date; until: Date; reason: string }
  | { why: 'HOURS'; until: Date; closed: number }
  | { why: 'PACE'; until: Date }

export interface WaitFacts {
  status: CampaignStatus
  stop: StopView | null
  failureReason: string | null
  scheduledAt: Date | null
  /** Why nothing is sent from this database. */
  held: string | null
  /** A worker serves its broker. */
  isServed: boolean
  /** The broker does not answer, or asked to wait. */
  broker: { since: Date; until: Date; reason: string } | null
  /** When the next batch may be sent, if none is being sent. */
  waitingUntil: Date | null
  /** That is when contact hours open. */
  forHours: boolean
  /** Leads whose contact hours are closed. */
  closed: number
}

/** A pause between two messages is no wait. */
const LEAST_MS = 10_000

/** @returns null if messages are being sent, or the campaign is over */
export function waitOf(it: WaitFacts, now: Date): Wait | null {
  const { status, stop, broker, waitingUntil } = it
  if (status === 'PAUSED' || status === 'FAILED') return { why: 'STOPPED', status, stop, reason: it.failureReason }
  if (status !== 'PROCESSING' && status !== 'APPROVED') return null
  if (it.held !== null) return { why: 'HELD', reason: it.held }
  if (status === 'APPROVED') return { why: 'START', until: it.scheduledAt }
  if (!it.isServed) return { why: 'NO_WORKER' }
  if (broker !== null) return { why: 'BROKER', ...broker }
  if (waitingUntil === null || +waitingUntil - +now <= LEAST_MS) return null
  return it.forHours ? { why: 'HOURS', until: waitingUntil, closed: it.closed } : { why: 'PACE', until: waitingUntil }
}

import { numberText } from '../../language/format.ts'
import { t } from '../../language/text.ts'
import type { CampaignStatus } from '../../lifecycle/campaign-status.ts'
import type { FailureCode } from '../../lifecycle/transition.ts'
import { may, type Person, people } from '../../security/permissions.ts'
import type { Role } from '../../security/roles.ts'
import { dateTimeText } from '../../time/date-time-text.ts'

/** The state of a campaign at a given time, and the user who reads about it. */
export interface Situation {
  handle: string
  status: CampaignStatus
  scheduledAt: Date | null
  /** Its schedule was missed by more than it allows. */
  startMissed: boolean
  /** Leads to send, and leads in doubt. */
  pending: number
  inDoubt: number
  failure: FailureCode | null
  importer: Person
  reader: Person & { role: Role }
  /** The ADMINs who are not disabled. */
  admins: readonly Person[]
  /** Those of the ADMINs who may approve it: not its importer, if there is another user. */
  approvers: readonly Person[]
  /** If its start is outside the contact hours: the first later time within them, and why the start is not. */
  opensAt: Date | null
  closedBecause: string | null
  /** A worker that serves its broker is alive. */
  workerRunning: boolean
  /** Why nothing is sent from this database until a person decides; null: sending is not held. */
  held: string | null
  now: Date
  timezone: string
}

/** Printed with every promised start or end that needs a worker. */
export function noWorker(): string {
  return t`No worker is running: start one with camp worker`
}

/**
 * What happens next, in lines for this reader: what the campaign does without a command, what the reader can do, and who can do
 * what the reader may not. The only place that decides the text of "Next:".
 */
export function nextSteps(it: Situation): string[] {
  const worker = it.workerRunning ? [] : [`${noWorker()}.`]
  if (it.held !== null && WOULD_SEND.includes(it.status)) return [heldStep(it.held, it)]
  switch (it.status) {
    case 'PENDING_APPROVAL':
      return [approval(it), ...(it.pending > 0 ? startSteps(it) : [])]
    case 'APPROVED':
      return [...start(it), ...worker]
    case 'PROCESSING':
      return [...openingWhileRunning(it), t`Follow it: camp campaign watch ${it.handle}`, ...worker]
    case 'PAUSED':
      return [
        may('campaign resume', it.reader, it.importer.id)
          ? t`Continue it: camp campaign resume ${it.handle}`
          : t`Its importer, ${it.importer.email}, or an ADMIN (${people(it.admins)}) resumes it.`,
      ]
    case 'FAILED':
      return [
        cure(it),
        may('campaign resume', it.reader, it.importer.id)
          ? t`Then continue it: camp campaign resume ${it.handle}`
          : t`Its importer, ${it.importer.email}, or an ADMIN (${people(it.admins)}) then resumes it.`,
      ]
    case 'FINISHED':
      return [...doubts(it), seeResult(it.handle)]
    case 'CANCELLED':
    case 'ARCHIVED':
      return []
  }
}

/** The last line about a campaign that is FINISHED. */
export function seeResult(handle: string): string {
  return t`See the result: camp campaign report ${handle}`
}

const WOULD_SEND: readonly CampaignStatus[] = ['APPROVED', 'PROCESSING', 'PAUSED', 'FAILED']

/** For every campaign of a database that was restored, copied or unused for long. */
function heldStep(held: string, { reader, admins }: Situation): string {
  return may('db accept-restore', reader)
    ? t`Nothing is sent: ${held}. Check what may have been sent since, and decide: camp db accept-restore`
    : t`Nothing is sent: ${held}. An ADMIN decides: ${people(admins)}.`
}

function approval({ handle, reader, approvers, importer, admins }: Situation): string {
  if (isAmong(approvers, reader)) return t`Approve it: camp campaign approve ${handle}`
  if (approvers.length > 0) {
    return isAmong(admins, importer)
      ? t`Another ADMIN approves it: ${people(approvers)}.`
      : t`An ADMIN approves it: ${people(approvers)}.`
  }
  const why = t`No ADMIN may approve it: it was imported by ${importer.email}, or with a token or password from there.`
  const then = may('user add', reader)
    ? t`Add another ADMIN: camp user add; or allow self-approval for the whole installation: camp setting set
        self-approval allow`
    : t`An ADMIN can add another one: ${people(admins)}.`
  return `${why} ${then}`
}

/**
 * For a recurring campaign that was just created.
 * @param approvers who may give its standing approval
 */
export function standingStep(handle: string, reader: Person, approvers: readonly Person[]): string {
  const each = t`Each campaign waits for its own approval.`
  if (isAmong(approvers, reader))
    return `${each} ${t`To give a standing approval: camp campaign repeat approve ${handle} --ceiling AMOUNT`}`
  return approvers.length > 0 ? `${each} ${t`An ADMIN can give a standing approval: ${people(approvers)}.`}` : each
}

function isAmong(persons: readonly Person[], person: Person): boolean {
  return persons.some(({ id }) => id === person.id)
}

export type Start = Pick<
  Situation,
  'scheduledAt' | 'startMissed' | 'opensAt' | 'closedBecause' | 'workerRunning' | 'now' | 'timezone'
>

/** When a campaign that waits for approval, or is not imported yet, would start, and what prevents it. */
export function startSteps(it: Start): string[] {
  const { scheduledAt, startMissed, now, workerRunning } = it
  const worker = workerRunning ? [] : [`${noWorker()}.`]
  if (scheduledAt === null) return [...openingIfStarted(it), ...worker]
  const when = timeText(it, scheduledAt)
  if (startMissed)
    return [t`Its start, ${when}, was missed: after approval, start it with camp campaign run.`, ...worker]
  if (scheduledAt <= now)
    return [t`Its start time, ${when}, has passed: it starts within seconds after approval.`, ...worker]
  const starts =
    it.opensAt === null
      ? t`After approval it starts at ${when}.`
      : t`After approval it starts at ${when}; nothing is sent before ${timeText(it, it.opensAt)} (${because(it)}).`
  return [starts, ...worker]
}

function start(it: Situation): string[] {
  const { handle, scheduledAt, startMissed, now } = it
  if (startMissed) return [missedStart(it)]
  if (scheduledAt === null) {
    return [t`Start it: camp campaign run ${handle}`, ...openingIfStarted(it)]
  }
  const when = timeText(it, scheduledAt)
  if (scheduledAt <= now) return [t`Its start time, ${when}, has passed: it starts within seconds.`]
  return it.opensAt === null
    ? [t`It starts at ${when}.`]
    : [t`It starts at ${when}; nothing is sent before ${timeText(it, it.opensAt)} (${because(it)}).`]
}

/** For a campaign that waits for a person because its schedule was missed. */
export function missedStart(it: Pick<Situation, 'handle' | 'scheduledAt' | 'now' | 'timezone'>): string {
  return t`Its start, ${timeText(it, it.scheduledAt!)}, was missed. Start it now: camp campaign run ${it.handle}`
}

function openingIfStarted(it: Start): string[] {
  if (it.opensAt === null) return []
  return [t`If started now, it sends nothing before ${timeText(it, it.opensAt)} (${because(it)}).`]
}

function openingWhileRunning(it: Start): string[] {
  if (it.opensAt === null) return []
  return [t`Nothing is sent before ${timeText(it, it.opensAt)} (${because(it)}).`]
}

function because({ closedBecause }: Start): string {
  return closedBecause ?? ''
}

function cure({ failure, reader, admins }: Situation): string {
  if (failure === 'BUDGET') {
    return may('budget set', reader)
      ? t`Raise the month's budget: camp budget set`
      : t`An ADMIN raises the month's budget: ${people(admins)}.`
  }
  return may('credential test', reader)
    ? t`Fix the cause, at the broker or in the wallet's credential: camp credential test`
    : t`An ADMIN fixes the cause, at the broker or in the wallet's credential: ${people(admins)}.`
}

function doubts({ inDoubt, handle, reader, admins }: Situation): string[] {
  if (inDoubt === 0) return []
  const leads = numberText(inDoubt)
  return may('campaign resolve', reader)
    ? [t`${leads} in doubt: check at the broker, then decide with camp campaign resolve ${handle}`]
    : [t`${leads} in doubt. An ADMIN decides about them: ${people(admins)}.`]
}

function timeText(it: Pick<Situation, 'now' | 'timezone'>, at: Date): string {
  return dateTimeText(at, it)
}

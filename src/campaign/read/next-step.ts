import { numberText } from '../../language/format.ts'
import type { CampaignStatus } from '../../lifecycle/campaign-status.ts'
import type { FailureCode } from '../../lifecycle/transition.ts'
import { type Act, may, type Person, people } from '../../security/permissions.ts'
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
  reader: Person & { role: 'ADMIN' | 'USER' }
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
export const NO_WORKER = 'No worker is running: start one with camp worker'

/**
 * What happens next, in lines for this reader: what the campaign does without a command, what the reader can do, and who can do
 * what the reader may not. The only place that decides the text of "Next:".
 */
export function nextSteps(it: Situation): string[] {
  const worker = it.workerRunning ? [] : [`${NO_WORKER}.`]
  if (it.held !== null && WOULD_SEND.includes(it.status)) return [heldStep(it.held, it)]
  switch (it.status) {
    case 'PENDING_APPROVAL':
      return [approval(it), ...(it.pending > 0 ? startSteps(it) : [])]
    case 'APPROVED':
      return [...start(it), ...worker]
    case 'PROCESSING':
      return [...opening(it, 'Nothing is sent before'), `Follow it: camp campaign watch ${it.handle}`, ...worker]
    case 'PAUSED':
      return [orWho(it, 'campaign resume', `Continue it: camp campaign resume ${it.handle}`, 'resumes it')]
    case 'FAILED':
      return [
        cure(it),
        orWho(it, 'campaign resume', `Then continue it: camp campaign resume ${it.handle}`, 'then resumes it'),
      ]
    case 'FINISHED':
      return [...doubts(it), `See the result: camp campaign report ${it.handle}`]
    case 'CANCELLED':
    case 'ARCHIVED':
      return []
  }
}

const WOULD_SEND: readonly CampaignStatus[] = ['APPROVED', 'PROCESSING', 'PAUSED', 'FAILED']

/** For every campaign of a database that was restored, copied or unused for long. */
function heldStep(held: string, { reader, admins }: Situation): string {
  const next = may('db accept-restore', reader)
    ? 'Check what may have been sent since, and decide: camp db accept-restore'
    : `An ADMIN decides: ${people(admins)}.`
  return `Nothing is sent: ${held}. ${next}`
}

function approval({ handle, reader, approvers, importer, admins }: Situation): string {
  if (isAmong(approvers, reader)) return `Approve it: camp campaign approve ${handle}`
  if (approvers.length > 0) {
    return `${isAmong(admins, importer) ? 'Another ADMIN' : 'An ADMIN'} approves it: ${people(approvers)}.`
  }
  const why = `No ADMIN may approve it: it was imported by ${importer.email}, or with a token or password from there`
  return may('user add', reader)
    ? `${why}. Add another ADMIN: camp user add; or allow self-approval for the whole installation: ` +
        'camp setting set self-approval allow'
    : `${why}. An ADMIN can add another one: ${people(admins)}.`
}

/**
 * For a recurring campaign that was just created.
 * @param approvers who may give its standing approval
 */
export function standingStep(handle: string, reader: Person, approvers: readonly Person[]): string {
  const each = 'Each campaign waits for its own approval.'
  if (isAmong(approvers, reader))
    return `${each} To give a standing approval: camp campaign repeat approve ${handle} --ceiling AMOUNT`
  return approvers.length > 0 ? `${each} An ADMIN can give a standing approval: ${people(approvers)}.` : each
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
  const worker = workerRunning ? [] : [`${NO_WORKER}.`]
  if (scheduledAt === null) return [...opening(it, 'If started now, it sends nothing before'), ...worker]
  const when = timeText(it, scheduledAt)
  if (startMissed)
    return [`Its start, ${when}, was missed: after approval, start it with camp campaign run.`, ...worker]
  if (scheduledAt <= now)
    return [`Its start time, ${when}, has passed: it starts within seconds after approval.`, ...worker]
  return [`After approval it starts at ${when}${openingAfter(it)}.`, ...worker]
}

function start(it: Situation): string[] {
  const { handle, scheduledAt, startMissed, now } = it
  if (startMissed) return [missedStart(it)]
  if (scheduledAt === null) {
    return [`Start it: camp campaign run ${handle}`, ...opening(it, 'If started now, it sends nothing before')]
  }
  if (scheduledAt <= now) return [`Its start time, ${timeText(it, scheduledAt)}, has passed: it starts within seconds.`]
  return [`It starts at ${timeText(it, scheduledAt)}${openingAfter(it)}.`]
}

/** For a campaign that waits for a person because its schedule was missed. */
export function missedStart(it: Pick<Situation, 'handle' | 'scheduledAt' | 'now' | 'timezone'>): string {
  return `Its start, ${timeText(it, it.scheduledAt!)}, was missed. Start it now: camp campaign run ${it.handle}`
}

function opening(it: Start, words: string): string[] {
  if (it.opensAt === null) return []
  return [`${words} ${timeText(it, it.opensAt)} (${it.closedBecause}).`]
}

function openingAfter(it: Start): string {
  if (it.opensAt === null) return ''
  return `; nothing is sent before ${timeText(it, it.opensAt)} (${it.closedBecause})`
}

function cure({ failure, reader, admins }: Situation): string {
  if (failure === 'BUDGET') {
    return may('budget set', reader)
      ? "Raise the month's budget: camp budget set"
      : `An ADMIN raises the month's budget: ${people(admins)}.`
  }
  const cause = "the cause, at the broker or in the wallet's credential"
  return may('credential test', reader)
    ? `Fix ${cause}: camp credential test`
    : `An ADMIN fixes ${cause}: ${people(admins)}.`
}

function doubts({ inDoubt, handle, reader, admins }: Situation): string[] {
  if (inDoubt === 0) return []
  const what = `${numberText(inDoubt)} in doubt`
  return may('campaign resolve', reader)
    ? [`${what}: check at the broker, then decide with camp campaign resolve ${handle}`]
    : [`${what}. An ADMIN decides about them: ${people(admins)}.`]
}

/** @param does what the permitted person does, as a verb in the third person */
function orWho({ reader, importer, admins }: Situation, act: Act, line: string, does: string): string {
  if (may(act, reader, importer.id)) return line
  return `Its importer, ${importer.email}, or an ADMIN (${people(admins)}) ${does}.`
}

function timeText(it: Pick<Situation, 'now' | 'timezone'>, at: Date): string {
  return dateTimeText(at, it)
}

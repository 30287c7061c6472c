import { type ClassifiedResult, type CodeBook, classifyResult, gravest } from '../../broker/classify-code.ts'
import type { Adapter, Message, SendRequest, SendResult } from '../../broker/port.ts'
import type { Sleep } from '../../clock.ts'
import { guardedHttp, type Http } from '../../http/client.ts'
import type { BatchOutcome, LeadOutcome } from '../model/batch-outcome.ts'
import type { Permit, Withheld } from './permit.ts'

export interface SendDeps {
  adapter: Adapter
  codes: CodeBook
  credential: unknown
  http: Http
  now: () => Date
  /** By the clock of `now`. */
  sleep: Sleep
  permit: Permit
  /** Ends the wait for a request's slot: the permit then refuses the request. */
  draining: AbortSignal
  /** Called with a request's outcomes, by lead, as soon as they are known, if its batch has other requests. */
  onAnswer?: (outcomes: ReadonlyMap<string, LeadOutcome>) => void
}

export interface SendPlan {
  startAt: Date
  /** Milliseconds from one request's start to the next one's. */
  requestIntervalMs: number
}

/** A request's name at the broker: a person finds it there by the campaign's handle and the batch's number. */
export function requestName(agendamentoId: string, batchNumber: number): string {
  return `camp-${agendamentoId}-${String(batchNumber).padStart(4, '0')}`
}

/** BROKER: an earlier request of the batch, or of its claim, was refused, and the rest is not tried. */
export type NotWritten = Withheld | 'BROKER'

/**
 * Sends a claimed batch: as one request at a bulk broker, as concurrent requests at a one-message broker, each at its slot and
 * only if the batch's permit allows it at the time of writing.
 * @returns one outcome per message, in all cases
 */
export async function sendBatch(deps: SendDeps, plan: SendPlan, batch: SendRequest): Promise<BatchOutcome> {
  const size = deps.adapter.messagesPerRequest
  const requests: SendRequest[] = []
  for (let from = 0; from < batch.messages.length; from += size) {
    requests.push({ ...batch, messages: batch.messages.slice(from, from + size) })
  }
  let isRefused = false
  const parts = await Promise.all(
    requests.map(async (request, i): Promise<Part> => {
      await until(plan.startAt.getTime() + i * plan.requestIntervalMs, deps)
      if (isRefused) return withheldPart(request.messages, 'BROKER')
      const part = await sendPermitted(deps, request)
      if (requests.length > 1) deps.onAnswer?.(leadOutcomes(part))
      if (part.stop || part.isUntaken) isRefused = true
      return part
    }),
  )
  return merge(batch.messages, parts)
}

async function until(atMs: number, { now, sleep, draining }: SendDeps): Promise<void> {
  const waitMs = atMs - now().getTime()
  // An aborted wait ends early, and the permit then refuses the request.
  if (waitMs > 0) await sleep(waitMs, draining)
}

/** What follows from one request. */
interface Part extends ClassifiedResult {
  /** The messages that it carried. */
  messages: readonly Message[]
  outcomes: LeadOutcome[]
  /** The messages that were left out: their recipients had been added to the blocklist. */
  blocked: readonly Message[]
  /** The broker took nothing for now: the rest of the batch waits. */
  isUntaken: boolean
  /** Camp did not write it. */
  isWithheld: boolean
  /** When it was first written; undefined: it was not written. */
  writtenAt?: Date | undefined
}

function withheldPart(messages: readonly Message[], why: NotWritten, blocked: readonly Message[] = []): Part {
  const outcomes = messages.map(() => notWritten(why))
  return { messages, outcomes, halve: false, blocked, isUntaken: false, isWithheld: true }
}

/** A connection may take longer than a look is valid: the request is then tried again, after another look. */
const MAX_TRIES = 10

async function sendPermitted(deps: SendDeps, request: SendRequest): Promise<Part> {
  const { permit } = deps
  for (let tries = 1; ; tries++) {
    const refused = await permit.renew()
    const blocked = request.messages.filter(({ leadId }) => permit.isBlocked(leadId))
    const messages = request.messages.filter(message => !blocked.includes(message))
    if (refused) return withheldPart(messages, refused, blocked)
    if (messages.length === 0) return { ...withheldPart([], 'BLOCKED', blocked), isWithheld: false }
    const { result, why, writtenAt } = await sendOnce(deps, { ...request, messages })
    // Withheld or tried again only if the broker took nothing of the request; for a request of several steps, the adapter reports
    // that.
    if (result.kind !== 'NOT_ACCEPTED' || why === undefined) {
      const classified = classifyResult(deps.codes, result, messages.length)
      const isUntaken = result.kind === 'NOT_ACCEPTED' || classified.retryAfterMs !== undefined
      return { ...classified, messages, blocked, isUntaken, isWithheld: false, writtenAt }
    }
    if (why !== 'STALE' || tries === MAX_TRIES) return withheldPart(messages, why, blocked)
  }
}

interface Sent {
  result: SendResult
  /** The permit's refusal, if a write was refused. */
  why: Withheld | undefined
  writtenAt: Date | undefined
}

async function sendOnce(deps: SendDeps, request: SendRequest): Promise<Sent> {
  const { permit, draining, now } = deps
  let [why, writtenAt]: [Withheld | undefined, Date | undefined] = [undefined, undefined]
  const http = guardedHttp(deps.http, () => {
    why = permit.refusal()
    if (why === undefined) writtenAt ??= now()
    return why && NOT_WRITTEN[why]
  })
  const result = await callAdapter({ ...deps, http }, request)
  // A request that was waiting for a connection was withdrawn.
  if (draining.aborted) why ??= 'DRAINING'
  return { result, why, writtenAt }
}

/** An adapter that throws has a bug: it is unknown whether the broker took the request. */
async function callAdapter({ adapter, credential, http }: SendDeps, request: SendRequest): Promise<SendResult> {
  try {
    const result = await adapter.send(request, credential, http)
    if (result.kind !== 'ANSWERED' || result.outcomes.length === request.messages.length) return result
    return {
      kind: 'IN_DOUBT',
      reason: `the adapter answered for ${result.outcomes.length} of ${request.messages.length} messages`,
    }
  } catch (error) {
    return { kind: 'IN_DOUBT', reason: `the adapter failed: ${error instanceof Error ? error.name : 'unknown error'}` }
  }
}

const NOT_WRITTEN: Readonly<Record<NotWritten, string>> = {
  HOURS: 'not sent: the contact hours had ended',
  STOPPED: 'not sent: the campaign was stopped',
  LEASE: 'not sent: the lease of its batch had ended',
  BLOCKED: 'not sent: added to the blocklist before the request',
  DRAINING: 'not sent: the worker was stopping',
  DATABASE: 'not sent: the database was unavailable for the check before sending',
  STALE: 'not sent: no connection to the broker in time',
  BROKER: 'not sent: the broker had refused this batch before',
}

function merge(messages: readonly Message[], parts: readonly Part[]): BatchOutcome {
  const batch: BatchOutcome = { outcomes: [] }
  const byLead = new Map<string, LeadOutcome>()
  for (const part of parts) {
    for (const [leadId, outcome] of leadOutcomes(part)) byLead.set(leadId, outcome)
    if (part.halve) batch.split = true
    if (part.reference !== undefined) batch.reference = part.reference
    if (part.retryAfterMs !== undefined) batch.retryAfterMs = Math.max(batch.retryAfterMs ?? 0, part.retryAfterMs)
    if (part.quota) batch.quota = part.quota
  }
  batch.stop = gravest(parts.map(part => part.stop))
  batch.outcomes = messages.map(({ leadId }) => byLead.get(leadId)!)
  batch.withheld =
    parts.some(({ isWithheld, blocked }) => isWithheld || blocked.length > 0) &&
    parts.every(({ isUntaken, stop }) => !isUntaken && !stop)
  return batch
}

function leadOutcomes({ messages, outcomes, blocked, writtenAt }: Part): Map<string, LeadOutcome> {
  return new Map([
    ...messages.map(({ leadId }, i): [string, LeadOutcome] => [leadId, { ...outcomes[i]!, writtenAt }]),
    ...blocked.map(({ leadId }): [string, LeadOutcome] => [leadId, notWritten('BLOCKED')]),
  ])
}

/** The outcome of a message whose request camp did not write. */
function notWritten(why: NotWritten): LeadOutcome {
  return { kind: 'NOT_ACCEPTED', reason: NOT_WRITTEN[why], isWithheld: true }
}

/** The outcome of a batch of which no request is written. */
export function withheldOutcome({ leads }: { leads: readonly unknown[] }, why: NotWritten): BatchOutcome {
  return { outcomes: leads.map(() => notWritten(why)), withheld: true }
}

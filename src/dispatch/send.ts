import { setTimeout as delay } from 'node:timers/promises'
import type { Http } from '../broker/http.ts'
import type { Adapter, Message, Outcome, SendRequest, SendResult } from '../broker/port.ts'
import type { BatchOutcome } from './settle.ts'

export interface SendDeps {
  adapter: Adapter
  credential: unknown
  http: Http
  now: () => Date
}

export interface SendPlan {
  startAt: Date
  /** From one request's start to the next one's. */
  requestIntervalMs: number
  /** No request starts from then on. */
  closesAt: Date
}

/** What a request is called at the broker: a person finds it there by the campaign's handle and the batch's number. */
export function requestName(agendamentoId: string, batchNumber: number): string {
  return `camp-${agendamentoId}-${String(batchNumber).padStart(4, '0')}`
}

type Result = SendResult | { kind: 'LATE' }

/**
 * Sends a claimed batch: as one request at a bulk broker, as concurrent requests at a one-message broker, each at its moment. The
 * claim has seen that all these moments are within the contact hours; where this process was kept from its work (a machine that
 * slept), what would start after them is not sent.
 * @returns one outcome per message, whatever happens
 */
export async function sendBatch(deps: SendDeps, plan: SendPlan, batch: SendRequest): Promise<BatchOutcome> {
  const size = deps.adapter.messagesPerRequest
  const requests: SendRequest[] = []
  for (let from = 0; from < batch.messages.length; from += size) {
    requests.push({ ...batch, messages: batch.messages.slice(from, from + size) })
  }
  let stop = false
  const results = await Promise.all(
    requests.map(async (request, i): Promise<Result> => {
      const waitMs = plan.startAt.getTime() + i * plan.requestIntervalMs - deps.now().getTime()
      if (waitMs > 0) await delay(waitMs)
      if (stop) return { kind: 'NOT_ACCEPTED', reason: 'not sent: the broker refused this batch before' }
      if (deps.now() >= plan.closesAt) return { kind: 'LATE' }
      const result = await send(deps, request)
      if (result.kind === 'FATAL' || result.kind === 'NOT_ACCEPTED') stop = true
      return result
    }),
  )
  return merge(requests, results)
}

/** An adapter that throws has a bug; whether the broker took the request, nobody can know. */
async function send({ adapter, credential, http }: SendDeps, request: SendRequest): Promise<SendResult> {
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

function merge(requests: readonly SendRequest[], results: readonly Result[]): BatchOutcome {
  const batch: BatchOutcome = { outcomes: [] }
  results.forEach((result, i) => {
    const { messages } = requests[i]!
    batch.outcomes.push(...outcomesOf(result, messages))
    if (result.kind === 'FATAL') batch.fatal = result.reason
    if (result.kind === 'REJECTED' && messages.length > 1) batch.split = true
    if (result.kind === 'ANSWERED') batch.reference = result.reference
    if (result.kind === 'NOT_ACCEPTED' && result.retryAfterMs !== undefined) {
      batch.retryAfterMs = Math.max(batch.retryAfterMs ?? 0, result.retryAfterMs)
    }
  })
  batch.late =
    results.some(({ kind }) => kind === 'LATE') &&
    results.every(({ kind }) => kind === 'LATE' || kind === 'ANSWERED' || kind === 'REJECTED')
  return batch
}

function outcomesOf(result: Result, messages: readonly Message[]): readonly Outcome[] {
  switch (result.kind) {
    case 'ANSWERED':
      return result.outcomes
    case 'REJECTED':
      // Alone, the message is the culprit; among others it is to be found by halving.
      return messages.map(() =>
        messages.length === 1
          ? { kind: 'REJECTED', code: result.code, detail: result.detail }
          : { kind: 'NOT_ACCEPTED', reason: result.detail },
      )
    case 'FATAL':
      return messages.map(() => ({ kind: 'NOT_ACCEPTED', reason: result.reason }))
    case 'LATE':
      return messages.map(() => ({ kind: 'NOT_ACCEPTED', reason: 'not sent: the contact hours had ended' }))
    default:
      return messages.map(() => ({ kind: result.kind, reason: result.reason }))
  }
}

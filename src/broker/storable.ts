import { unreachable } from '../errors.ts'
import { storableText } from '../message/characters.ts'
import { boundedWait } from './classify-response.ts'
import type { Adapter, CallbackEvent, Closing, FindResult, Outcome, SendResult } from './port.ts'

/** Maximum lengths of a broker's texts that are kept, in UTF-16 units. */
export const MOST = { id: 300, code: 100, words: 500, phone: 30, reference: 1_000, kind: 40, text: 4_096 } as const

/**
 * The same adapter with results that can be stored: texts are single lines of bounded length without odd characters
 * (`storableText`), waits are at most an hour, and times are valid. The meaning of an answer does not depend on its texts, and
 * must not be lost because of them.
 */
export function storable(adapter: Adapter): Adapter {
  const { closing, find, callback } = adapter
  return {
    ...adapter,
    send: async (request, credential, http) => sent(await adapter.send(request, credential, http)),
    ...(closing && { closing: storableClosing(closing) }),
    ...(find && {
      find: async (message, credential, http) => found(await find.call(adapter, message, credential, http)),
    }),
    ...(callback && {
      callback: (request, context) =>
        callback.call(adapter, request, context).map(event => told(event, context.receivedAt)),
    }),
  }
}

function storableClosing(closing: Closing<unknown>): Closing<unknown> {
  const { look } = closing
  return {
    ...closing,
    run: async (request, credential, http) => {
      const result = await closing.run(request, credential, http)
      if (result.kind === 'TAKEN') return result
      return result.kind === 'DONE' ? { ...result, reference: referenceOf(result.reference) } : excused(result)
    },
    ...(look && {
      look: async (credential, http, before) => {
        const result = await look.call(closing, credential, http, before)
        if (result.kind !== 'SEEN') return excused(result)
        const { mark, failed } = result
        return {
          ...result,
          mark: storableText(mark, MOST.reference),
          ...(failed !== undefined && { failed: storableText(failed, MOST.words) }),
        }
      },
    }),
  }
}

function sent(result: SendResult): SendResult {
  switch (result.kind) {
    case 'ANSWERED':
      return { ...result, outcomes: result.outcomes.map(outcomeOf), reference: referenceOf(result.reference) }
    case 'REJECTED':
      return refused(result)
    case 'NOT_ACCEPTED':
    case 'FATAL':
    case 'IN_DOUBT':
      return excused(result)
    default:
      return unreachable(result)
  }
}

function outcomeOf(outcome: Outcome): Outcome {
  switch (outcome.kind) {
    case 'ACCEPTED':
      return {
        ...outcome,
        providerId: idOf(outcome.providerId),
        ...(outcome.code !== undefined && { code: storableCode(outcome.code) }),
      }
    case 'REJECTED':
      return refused(outcome)
    case 'NOT_ACCEPTED':
    case 'IN_DOUBT':
      return excused(outcome)
    default:
      return unreachable(outcome)
  }
}

/** For a refusal whose code has no visible character. */
const NO_CODE = 'REFUSED'

function refused<T extends { code: string; detail: string; retryAfterMs?: number | undefined }>(refusal: T): T {
  const { code, detail } = refusal
  return bounded({ ...refusal, code: storableCode(code) ?? NO_CODE, detail: storableText(detail, MOST.words) })
}

/** A reason, and possibly a code and a time to wait. */
function excused<T extends { reason: string; code?: string | undefined; retryAfterMs?: number | undefined }>(
  result: T,
): T {
  const reason = storableText(result.reason, MOST.words)
  return bounded('code' in result ? { ...result, reason, code: storableCode(result.code) } : { ...result, reason })
}

function bounded<T extends { retryAfterMs?: number | undefined }>(result: T): T {
  return 'retryAfterMs' in result ? { ...result, retryAfterMs: boundedWait(result.retryAfterMs) } : result
}

/** @returns undefined if it has no visible character */
function storableCode(code: string | undefined): string | undefined {
  return code === undefined ? undefined : storableText(code, MOST.code).trim() || undefined
}

function found(result: FindResult): FindResult {
  switch (result.kind) {
    case 'FOUND':
      return { ...result, providerId: storableText(result.providerId, MOST.id) }
    case 'UNKNOWN':
      return excused(result)
    case 'ABSENT':
      return result
    default:
      return unreachable(result)
  }
}

const DAY_MS = 24 * 3_600_000

/** Texts are cut in the inbox, which also receives events from elsewhere. An invalid time is replaced by the time of receipt. */
function told(event: CallbackEvent, receivedAt: Date): CallbackEvent {
  const at = event.occurredAt.getTime()
  return at > 0 && at < receivedAt.getTime() + DAY_MS ? event : { ...event, occurredAt: receivedAt }
}

function idOf(id: string | undefined): string | undefined {
  return id === undefined ? undefined : storableText(id, MOST.id) || undefined
}

function referenceOf(reference: string | undefined): string | undefined {
  return reference === undefined ? undefined : storableText(reference, MOST.reference) || undefined
}

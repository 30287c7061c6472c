import { z } from 'zod'
import type { HttpAnswer, HttpResponse } from '../../http/client.ts'
import { failureOf, isSuccess, retryAfterMs } from '../classify-response.ts'
import type { Outcome, SendResult } from '../port.ts'
import { quoted } from '../redact.ts'
import { jsonOf, notUnderstood } from '../wire-format.ts'

/** Outcome of a request's one message. */
export function readAnswer(answer: HttpAnswer, now: Date, secrets: readonly string[]): SendResult {
  if (isSuccess(answer)) {
    const message = z.object({ sid: z.string().min(1) }).safeParse(jsonOf(answer.body)).data
    return message ? answered({ kind: 'ACCEPTED', providerId: message.sid }) : notUnderstood(answer, secrets)
  }
  return (isRefusal(answer) ? byCode(answer, now, secrets) : undefined) ?? failureOf(answer, now, secrets)
}

/** The code counts only if Twilio says that it refused: a server fault may follow after the message was accepted. */
function isRefusal(answer: HttpAnswer): answer is HttpResponse {
  return answer.kind === 'RESPONSE' && answer.status >= 400 && answer.status < 500 && answer.status !== 408
}

const error = z.object({ code: z.coerce.number().int().positive(), message: z.string().default('') })

/**
 * Permanent for this recipient: no number (21211), no mobile (21614), unroutable, landline, short code, unverified on trial,
 * its region.
 */
const RECIPIENT: ReadonlySet<number> = new Set([21211, 21614, 21612, 21635, 21265, 21608, 21408])

export const OPTED_OUT = 21610

/** The key, the sender, the Messaging Service, the URL. */
const CONFIGURATION: ReadonlySet<number> = new Set([20003, 20404, 21606, 21703])

/** Other codes of those kinds, recognised by their text. [assumption, docs/wire/twilio.md#answers] */
const SENDER = /'From'|\bFrom (phone )?number\b|Messaging Service/

const QUEUE_FULL = 21611

/** The sender's queue holds ten hours of messages. [the pause is an assumption, docs/wire/twilio.md#answers] */
const QUEUE_FULL_PAUSE_MS = 10 * 60_000

const TOO_MANY_REQUESTS = 20429

/** @returns undefined if the HTTP status alone decides */
function byCode(answer: HttpResponse, now: Date, secrets: readonly string[]): SendResult | undefined {
  const { data } = error.safeParse(jsonOf(answer.body))
  if (!data) return undefined
  const { code, message } = data
  const reason = `${code}: ${quoted(message, secrets)}`
  const rejected = { kind: 'REJECTED', code: String(code), detail: quoted(message, secrets) } as const
  const wait = retryAfterMs(answer.headers['retry-after'], now)
  if (RECIPIENT.has(code)) return answered(rejected)
  if (code === OPTED_OUT) return answered({ ...rejected, optOut: true })
  if (code === QUEUE_FULL) return { kind: 'NOT_ACCEPTED', reason, retryAfterMs: wait ?? QUEUE_FULL_PAUSE_MS }
  if (code === TOO_MANY_REQUESTS) return { kind: 'NOT_ACCEPTED', reason, retryAfterMs: wait }
  if (CONFIGURATION.has(code)) return { kind: 'FATAL', reason }
  if (answer.status !== 400) return undefined
  return SENDER.test(message) ? { kind: 'FATAL', reason } : answered(rejected)
}

function answered(outcome: Outcome): SendResult {
  return { kind: 'ANSWERED', outcomes: [outcome] }
}

import { z } from 'zod'
import type { HttpAnswer, HttpResponse } from '../../http/client.ts'
import { failureOf, isSuccess, retryAfterMs } from '../classify-response.ts'
import type { SendResult } from '../port.ts'
import { quoted } from '../redact.ts'
import { jsonOf, notUnderstood } from '../wire-format.ts'

/** What Twilio said about a request's one message. What follows from its code is in codes.ts. */
export function readAnswer(answer: HttpAnswer, now: Date, secrets: readonly string[]): SendResult {
  return isSuccess(answer) ? acceptance(answer, secrets) : failure(answer, now, secrets)
}

const message = z.object({ sid: z.string().min(1) })

function acceptance(answer: HttpResponse, secrets: readonly string[]): SendResult {
  const { data } = message.safeParse(jsonOf(answer.body))
  if (!data) return notUnderstood(answer, secrets)
  return { kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED', providerId: data.sid }] }
}

const error = z.object({ code: z.coerce.number().int().positive(), message: z.string().default('') })

/** A server fault may follow after the message was accepted: it stays in doubt, and its code is not considered. */
function failure(answer: HttpAnswer, now: Date, secrets: readonly string[]): SendResult {
  const failed = failureOf(answer, now, secrets)
  if (answer.kind !== 'RESPONSE' || failed.kind === 'IN_DOUBT') return failed
  const { data } = error.safeParse(jsonOf(answer.body))
  if (!data) return failed
  const [code, detail] = [String(data.code), quoted(data.message, secrets)]
  if (failed.kind !== 'REJECTED') return { ...failed, code, reason: `${code}: ${detail}` }
  return { kind: 'REJECTED', code, detail, retryAfterMs: retryAfterMs(answer.headers['retry-after'], now) }
}

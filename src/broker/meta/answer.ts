import { z } from 'zod'
import type { HttpAnswer, HttpResponse } from '../../http/client.ts'
import { t } from '../../language/text.ts'
import { failureOf, isSuccess } from '../classify-response.ts'
import type { SendResult, TestResult } from '../port.ts'
import { excerpt, quoted } from '../redact.ts'
import { jsonOf, looseText, notUnderstood } from '../wire-format.ts'
import { HELD, PAUSED } from './codes.ts'

/** The outcome of the request of one message (docs/wire/meta.md#answers). What follows from a code, the table says (codes.ts). */
export function readAnswer(answer: HttpAnswer, now: Date, secrets: readonly string[]): SendResult {
  if (answer.kind !== 'RESPONSE') return failureOf(answer, now, secrets)
  if (isSuccess(answer)) return accepted(answer) ?? notUnderstood(answer, secrets)
  const failure = failureOf(answer, now, secrets)
  const error = errorOf(answer)
  // A code beside a 5xx or a timeout proves nothing.
  if (!error || failure.kind === 'IN_DOUBT') return failure
  const { code, isTransient } = error
  const detail = quoted(error.detail, secrets)
  if (failure.kind === 'NOT_ACCEPTED') return { ...failure, code }
  if (isTransient) return { kind: 'NOT_ACCEPTED', code, reason: `${code}: ${detail}` }
  return failure.kind === 'REJECTED' ? { ...failure, code, detail } : { kind: 'FATAL', code, reason: failure.reason }
}

const taken = z.object({
  messages: z.tuple([z.object({ id: z.string().min(1), message_status: z.string().optional().catch(undefined) })]),
})

const CODES: ReadonlyMap<string | undefined, string> = new Map([
  ['held_for_quality_assessment', HELD],
  ['paused', PAUSED],
])

function accepted({ body }: HttpResponse): SendResult | undefined {
  const message = taken.safeParse(jsonOf(body)).data?.messages[0]
  if (!message) return undefined
  const { id: providerId, message_status } = message
  const code = CODES.get(message_status)
  return { kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED', providerId, ...(code !== undefined && { code }) }] }
}

const failed = z.object({
  error: z.object({
    code: looseText,
    error_subcode: looseText.catch(undefined),
    message: z.string().catch(''),
    is_transient: z.boolean().catch(false),
    error_data: z.object({ details: z.string() }).optional().catch(undefined),
  }),
})

/** Of an object that does not exist, or that the token may not use. */
const NO_OBJECT = '33'

/** @returns undefined if it has no code */
function errorOf({ body }: HttpResponse): { code: string; detail: string; isTransient: boolean } | undefined {
  const error = failed.safeParse(jsonOf(body)).data?.error
  if (error?.code === undefined) return undefined
  const isOfObject = error.code === '100' && error.error_subcode === NO_OBJECT
  return {
    code: isOfObject ? NO_OBJECT : error.code,
    detail: error.error_data?.details ?? error.message,
    isTransient: error.is_transient,
  }
}

const number = z.object({
  verified_name: looseText.catch(undefined),
  quality_rating: looseText.catch(undefined),
  status: looseText.catch(undefined),
  throughput: z.object({ level: looseText }).optional().catch(undefined),
})

/** What the read of the sender's number says of it (docs/wire/meta.md#test). */
export function readNumber(answer: HttpResponse, secrets: readonly string[]): TestResult {
  const read = number.safeParse(jsonOf(answer.body))
  if (!read.success) {
    return { ok: false, cause: 'REFUSED', detail: `HTTP ${answer.status}${excerpt(answer.body, secrets)}` }
  }
  const { verified_name = '–', quality_rating = '–', status = '–', throughput } = read.data
  const [name, quality, state] = [verified_name, quality_rating, status].map(text => quoted(text, secrets))
  const level = quoted(throughput?.level ?? '–', secrets)
  return {
    ok: true,
    detail: t`Meta accepts the token: ${name!}, quality ${quality!}, status ${state!}, throughput ${level}`,
  }
}

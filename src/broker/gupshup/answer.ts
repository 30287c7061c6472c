import { z } from 'zod'
import type { HttpAnswer, HttpResponse } from '../../http/client.ts'
import { failureOf, isSuccess } from '../classify-response.ts'
import type { SendResult } from '../port.ts'
import { quoted } from '../redact.ts'
import { jsonOf, looseText, notUnderstood } from '../wire-format.ts'
import { codeOfText } from './codes.ts'

/** The outcome of the request of one message (docs/wire/gupshup.md#answers). What follows from a code, the table says (codes.ts). */
export function readAnswer(answer: HttpAnswer, now: Date, secrets: readonly string[]): SendResult {
  if (answer.kind !== 'RESPONSE') return failureOf(answer, now, secrets)
  if (isSuccess(answer)) return accepted(answer) ?? refused(answer, secrets) ?? notUnderstood(answer, secrets)
  const failure = failureOf(answer, now, secrets)
  // Only with a status that proves that nothing was taken: an error text beside a 5xx proves nothing.
  return (failure.kind === 'REJECTED' && refused(answer, secrets)) || failure
}

/** The self-serve route's answer, and a partner's, which is Meta's. Both mean queued: WhatsApp's result comes as a callback. */
const submitted = z.object({ status: z.literal('submitted'), messageId: z.string().min(1) })
const messages = z.object({ messages: z.tuple([z.object({ id: z.string().min(1) })]) })

function accepted({ body }: HttpResponse): SendResult | undefined {
  const json = jsonOf(body)
  const providerId = submitted.safeParse(json).data?.messageId ?? messages.safeParse(json).data?.messages[0].id
  if (providerId === undefined) return undefined
  return { kind: 'ANSWERED', outcomes: [{ kind: 'ACCEPTED', providerId }] }
}

const said = z.object({ status: z.literal('error'), message: z.unknown().optional() })
const metaError = z.object({
  error: z.object({
    code: looseText,
    message: z.string().catch(''),
    error_data: z.object({ details: z.string() }).optional().catch(undefined),
  }),
})

/** @returns undefined if it does not say that the message is refused */
function refused({ body }: HttpResponse, secrets: readonly string[]): SendResult | undefined {
  const json = jsonOf(body)
  const meta = metaError.safeParse(json).data?.error
  if (meta?.code !== undefined)
    return { kind: 'REJECTED', code: meta.code, detail: quoted(meta.error_data?.details ?? meta.message, secrets) }
  const read = said.safeParse(json)
  if (!read.success) return undefined
  const { message = 'no reason given' } = read.data
  const text = typeof message === 'string' ? message : JSON.stringify(message)
  return { kind: 'REJECTED', code: codeOfText(quoted(text, secrets)), detail: quoted(text, secrets) }
}

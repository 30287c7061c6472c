import { z } from 'zod'
import type { HttpAnswer, HttpResponse } from '../../http/client.ts'
import type { AnswerWords } from '../answer-words.ts'
import type { Message, Outcome, SendResult } from '../port.ts'
import { excerpt, quoted } from '../redact.ts'
import { meaningOf, ownMeaningOf } from '../undocumented-answers.ts'
import { internationalPhone, jsonOf, notUnderstood } from '../wire-format.ts'

/**
 * NOAH's 2xx, whose body is not documented (docs/wire/noah.md: it can be very large, which suggests a record per contact). If
 * it has such records, each one decides about its contact. Otherwise all contacts count as accepted, unless something in the
 * body reports a refusal: then the outcome is unknown.
 */
export function readAcceptance(
  answer: HttpResponse,
  messages: readonly Message[],
  words: AnswerWords,
  secrets: readonly string[],
): SendResult {
  const body = jsonOf(answer.body)
  if (typeof body !== 'object' || body === null) return notUnderstood(answer, secrets)
  const whole = ownMeaningOf(body, words).kind
  const records = recordsIn(body, messages)
  if (records) {
    const outcomes = messages.map(message => outcomeOf(records.get(message.leadId), whole === 'NONE', words, secrets))
    return { kind: 'ANSWERED', outcomes }
  }
  if (meaningOf(body, words).kind !== 'NONE') return notUnderstood(answer, secrets)
  return { kind: 'ANSWERED', outcomes: messages.map(() => ({ kind: 'ACCEPTED' })) }
}

/** This family of products also reports failed validation with a 404; any other 404 means that the URL is wrong. */
export function readNotFound(answer: HttpAnswer, secrets: readonly string[]): SendResult | undefined {
  if (answer.kind !== 'RESPONSE' || answer.status !== 404 || answer.body.trimStart().startsWith('<')) return undefined
  if (!/valid|inv[aá]lid|obrigat|required|must be|is not allowed/i.test(answer.body)) return undefined
  return { kind: 'REJECTED', code: 'HTTP_404', detail: `HTTP 404${excerpt(answer.body, secrets)}` }
}

type Answered = z.infer<typeof record>
const record = z.looseObject({})

/**
 * Each message's record, by lead: from the first list whose elements contain our phones, or else has as many elements as there
 * are messages, in their order.
 */
function recordsIn(body: object, messages: readonly Message[]): Map<string, Answered> | undefined {
  const lists = [body, ...Object.values(body)].flatMap(value => {
    const list = z.array(record).min(1).safeParse(value)
    return list.success ? [list.data] : []
  })
  for (const list of lists) {
    const byPhone = recordsByPhone(list, messages)
    if (byPhone) return byPhone
    if (list.length === messages.length) return new Map(messages.map((message, i) => [message.leadId, list[i]!]))
  }
  return undefined
}

/** @returns undefined if the list does not say to whom its records belong */
function recordsByPhone(list: readonly Answered[], messages: readonly Message[]): Map<string, Answered> | undefined {
  const left = new Map<string, Answered[]>()
  for (const one of list) {
    const phone = phoneIn(one)
    if (phone === undefined) return undefined
    left.set(phone, [...(left.get(phone) ?? []), one])
  }
  const asked = new Map<string, number>()
  for (const { phone } of messages) asked.set(phone, (asked.get(phone) ?? 0) + 1)
  // If a phone has more or fewer records than messages, their assignment is unknown.
  const clear = new Set(
    [...asked].filter(([phone, count]) => left.get(phone)?.length === count).map(([phone]) => phone),
  )
  const found = messages.flatMap(({ leadId, phone }): [string, Answered][] => {
    const one = clear.has(phone) ? left.get(phone)!.shift() : undefined
    return one ? [[leadId, one]] : []
  })
  return found.length > 0 ? new Map(found) : undefined
}

const phone = z.union([z.string(), z.number()]).transform(String).optional().catch(undefined)
const phones = z.object({ telefone: phone, number: phone, phone })

function phoneIn(one: Answered): string | undefined {
  const { telefone, number, phone } = phones.parse(one)
  const written = telefone ?? number ?? phone
  return written === undefined ? undefined : internationalPhone(written)
}

function outcomeOf(
  one: Answered | undefined,
  goodOnTheWhole: boolean,
  words: AnswerWords,
  secrets: readonly string[],
): Outcome {
  if (!one) return { kind: 'IN_DOUBT', reason: 'the answer does not mention this message' }
  const verdict = meaningOf(one, words)
  if (verdict.kind === 'NO') return { kind: 'REJECTED', code: 'REFUSED', detail: quoted(verdict.words, secrets) }
  if (verdict.kind === 'NONE' && goodOnTheWhole) return { kind: 'ACCEPTED', providerId: messageIdIn(one) }
  return { kind: 'IN_DOUBT', reason: `NOAH reports both success and refusal: ${quoted(JSON.stringify(one), secrets)}` }
}

const messageId = z.string().trim().min(1).optional().catch(undefined)
const ids = z.object({ messageId, message: z.object({ messageId }).optional().catch(undefined) })

/** The name used by the family's hook (docs/wire/noah.md#callbacks): another "id" there may be the contact's. */
function messageIdIn(one: Answered): string | undefined {
  const read = ids.parse(one)
  return read.messageId ?? read.message?.messageId
}

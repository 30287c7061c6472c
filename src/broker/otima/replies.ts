import { z } from 'zod'
import type { CallbackContext, CallbackEvent, CallbackRequest } from '../port.ts'
import { assertSomeRead, internationalPhone, looseText, readEach } from '../wire-format.ts'

/** A field that is not needed to know who wrote what must not invalidate its element. */
const detail = looseText.catch(undefined)

const element = z.looseObject({
  message_id: detail,
  phone: detail,
  username: detail,
  type: detail,
  date: detail,
  payload: z.union([z.string(), z.looseObject({ type: detail, body: z.unknown().optional() })]),
})

/**
 * Inbound messages (docs/wire/otima.md#replies). Whether `message_id` is the reply's or that of the message it answers is not known: it is
 * looked up as ours, and a reply is known again by all that it has, so that two answers to one message are two replies. The lead of the
 * URL applies to the replies of one phone only.
 */
export function repliesOf(
  json: readonly unknown[],
  { leadId }: Pick<CallbackRequest, 'leadId'>,
  context: Pick<CallbackContext<unknown>, 'notice' | 'receivedAt'>,
): CallbackEvent[] {
  const elements = readEach(json, element)
  assertSomeRead(elements, context, 'not an inbound message')
  const isOfOne = elements.left === 0 && new Set(elements.read.map(({ phone }) => phone)).size === 1
  return elements.read.map((element): CallbackEvent => {
    const { message_id, phone: written, username, type, date, payload } = element
    const phone = written === undefined ? undefined : internationalPhone(written)
    const { kind, body } =
      typeof payload === 'string' ? { kind: type, body: payload } : { kind: payload.type ?? type, ...payload }
    return {
      event: 'REPLY',
      leadId: isOfOne ? leadId : undefined,
      providerMsgId: message_id,
      phone,
      reply: {
        id: undefined,
        kind: kind ?? 'text',
        ...writtenIn(body),
        sender: phone === undefined ? (written ?? username) : undefined,
      },
      occurredAt: timeOf(date) ?? context.receivedAt,
      payload: element,
    }
  })
}

const button = z.looseObject({
  text: detail,
  title: detail,
  caption: detail,
  body: detail,
  payload: detail,
  id: detail,
})

/** A text, or the object of a button; of media only a caption. */
function writtenIn(body: unknown): { text?: string | undefined; payload?: string | undefined } {
  if (typeof body === 'string') return { text: body }
  const read = button.safeParse(body)
  if (!read.success) return {}
  const { text, title, caption, body: inner, payload, id } = read.data
  return { text: text ?? title ?? caption ?? inner, payload: payload ?? id }
}

/** With a time zone only: without one the moment is a guess. */
function timeOf(date: string | undefined): Date | undefined {
  return z.iso.datetime({ offset: true }).safeParse(date).success ? new Date(date!) : undefined
}

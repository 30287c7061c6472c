import type { Message, SendResult } from './port.ts'

export type Refused = Extract<SendResult, { kind: 'REJECTED' }>

/**
 * A request with a message that has nothing to say, which no import lets in, is refused before anything is sent: halved, until
 * that message is alone. @returns undefined where each has a text
 */
export function refusalWithoutText(messages: readonly Message[]): Refused | undefined {
  if (messages.every(({ text }) => text !== null && text.trim() !== '')) return undefined
  return { kind: 'REJECTED', code: 'NO_TEXT', detail: 'not sent: there is no text to send' }
}

/**
 * The text of a request that carries one for all its messages. Messages of several texts in one request are a fault of the
 * plan's; such a request is refused before anything is sent, and thereby halved until nobody would get somebody else's text.
 */
export function sharedText(messages: readonly Message[]): { kind: 'TEXT'; text: string } | Refused {
  const texts = new Set(messages.map(({ text }) => text ?? ''))
  if (texts.size > 1) {
    const detail = `not sent: one text per request, and its ${messages.length} messages have ${texts.size}`
    return { kind: 'REJECTED', code: 'MIXED_TEXTS', detail }
  }
  return refusalWithoutText(messages) ?? { kind: 'TEXT', text: [...texts].join() }
}

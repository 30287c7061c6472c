import { z } from 'zod'
import type { HttpResponse } from '../../http/client.ts'
import type { Message, Outcome, SendResult } from '../port.ts'
import { quoted } from '../redact.ts'
import { jsonOf, looseText, nationalPhone, notUnderstood, plainDocument } from '../wire-format.ts'
import { codeOfWord, plainWord } from './words.ts'

/** An array, one element per message (docs/wire/otima.md#answers). */
export function readAnswer(answer: HttpResponse, messages: readonly Message[], secrets: readonly string[]): SendResult {
  const read = z.array(element).safeParse(jsonOf(answer.body))
  if (!read.success) return notUnderstood(answer, secrets)
  const elements = elementsOf(messages, read.data)
  const outcomes = messages.map((message, i): Outcome => {
    const mine = elements[i]
    if (!mine) return { kind: 'IN_DOUBT', reason: 'the answer does not clearly refer to this message' }
    return outcomeOf(mine, message, secrets)
  })
  return { kind: 'ANSWERED', outcomes }
}

const text = looseText.transform(value => value?.trim() ?? '')

const fields = z.object({ document: text, message_id: text, phone: text, status: text, status_description: text })
type Element = z.infer<typeof fields>

/** An unreadable element still keeps its position in the array. */
const element = fields.catch({ document: '', message_id: '', phone: '', status: '', status_description: '' })

/**
 * Which element belongs to which message, without guessing. By position, if there are as many elements as messages and none of
 * them names another person than the message at its position; else by phone, with or without 55, if exactly one message and one
 * element have it; else by phone and document.
 * @returns the element of each message; undefined if none is certain
 */
function elementsOf(messages: readonly Message[], elements: readonly Element[]): (Element | undefined)[] {
  const phones = messages.map(({ phone }) => nationalPhone(phone))
  const documents = messages.map(({ cpf_cnpj }) => plainNumber(cpf_cnpj ?? ''))
  const echoed = elements.map(({ phone, document }) => ({
    phone: nationalDigits(phone),
    document: plainNumber(document),
  }))
  const inPlace = echoed.every(({ phone, document }, i) =>
    phone === undefined ? document === '' || document === documents[i] : phone === phones[i],
  )
  if (messages.length === elements.length && inPlace) return [...elements]

  const byPhone = pairs(
    phones,
    echoed.map(({ phone }) => phone),
  )
  const byBoth = pairs(
    phones.map((phone, i) => `${phone} ${documents[i]}`),
    echoed.map(({ phone, document }) => phone && `${phone} ${document}`),
  )
  return messages.map((_, i) => elements[byPhone.get(i) ?? byBoth.get(i) ?? -1])
}

/** Values that occur exactly once on either side. @returns position on the left → position on the right */
function pairs(left: readonly string[], right: readonly (string | undefined)[]): Map<number, number> {
  const placesOf = (values: readonly (string | undefined)[]) => {
    const places = new Map<string, number[]>()
    values.forEach((value, i) => {
      if (value !== undefined) places.set(value, [...(places.get(value) ?? []), i])
    })
    return places
  }
  const there = placesOf(right)
  const found = new Map<number, number>()
  for (const [value, [mine, ...others]] of placesOf(left)) {
    const [theirs, ...rivals] = there.get(value) ?? []
    if (mine !== undefined && theirs !== undefined && others.length + rivals.length === 0) found.set(mine, theirs)
  }
  return found
}

/** A phone with or without 55 → its national digits, distinguished by length; undefined if it is not a phone. */
function nationalDigits(written: string): string | undefined {
  const digits = written.replace(/\D/g, '')
  const national = digits.length > 11 && digits.startsWith('55') ? digits.slice(2) : digits
  return national.length === 10 || national.length === 11 ? national : undefined
}

/** A document in comparable form: as a number it may have lost leading zeros. */
function plainNumber(document: string): string {
  return plainDocument(document).toUpperCase().replace(/^0+/, '')
}

/**
 * Letters other than V are not documented: they are taken as initials of the words used in callbacks. [assumption,
 * docs/wire/otima.md#answers]
 */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ['i', 'invalido'],
  ['b', 'blacklist'],
  ['r', 'repetido'],
])

function outcomeOf(element: Element, message: Message, secrets: readonly string[]): Outcome {
  const status = plainWord(element.status)
  if (status === 'v' || status === 'valido') {
    return element.message_id === ''
      ? { kind: 'IN_DOUBT', reason: 'the broker calls it valid, but sends no message_id' }
      : { kind: 'ACCEPTED', providerId: element.message_id }
  }
  if (status === '') return { kind: 'IN_DOUBT', reason: 'the answer has no status for this message' }
  const description = plainWord(element.status_description)
  const says = (word: string) => (LETTERS.get(status) ?? status) === word || description.includes(word)
  // Ótima recognises that it already has the message, so an earlier request was accepted after all.
  if (says('repetido') && message.doubtfulBefore) return { kind: 'ACCEPTED' }
  const detail = quoted(element.status_description || element.status, secrets)
  if (says('repetido')) return { kind: 'REJECTED', code: 'REPETIDO', detail }
  if (says('blacklist')) return { kind: 'REJECTED', code: 'BLACKLIST', detail, optOut: true }
  return { kind: 'REJECTED', code: codeOfWord(LETTERS.get(status) ?? `status ${status}`), detail }
}

import { z } from 'zod'
import type { HttpResponse } from '../http/client.ts'
import type { TextRules } from '../message/text-rules.ts'
import { type CallbackContext, CallbackRefused, type SendResult } from './port.ts'
import { excerpt } from './redact.ts'

/**
 * Of brokers that publish no limits (docs/wire/README.md#undocumented-limits): 100 messages a request and one request a second are the safe
 * assumption; `camp broker set` may say more, up to a bound of our own.
 */
export const UNDOCUMENTED_LIMITS = { messagesPerRequest: 1000, usualBatch: 100, usualRate: 1 } as const

/**
 * WhatsApp's rules for what it is given: of a template's variables they are certain (Twilio's 63013), of lengths an assumption, so
 * that an import warns of those.
 */
export const WHATSAPP_TEMPLATES: TextRules = { oneLineVariables: true, longestSure: 1024 }
export const WHATSAPP_TEXTS: TextRules = { longestSure: 4096 }

/** A text in an answer or callback, which may come as a number; undefined where it is missing or empty. */
export const looseText = z
  .union([z.string(), z.number()])
  .nullish()
  .transform(value => (value === null || value === undefined || value === '' ? undefined : String(value)))

/** `path` below a base URL, its own path and query kept: https://host/a + b → https://host/a/b */
export function below(base: string, path: string): string {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`
  return url.href
}

/** @returns undefined where it is no JSON */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A 2xx whose body says nothing that can be relied on. */
export function notUnderstood(answer: HttpResponse, secrets: readonly string[]): { kind: 'IN_DOUBT'; reason: string } {
  return {
    kind: 'IN_DOUBT',
    reason: `HTTP ${answer.status} that cannot be understood${excerpt(answer.body, secrets)}`,
  }
}

/** Elements of a callback, each read by itself: one that cannot be read takes no other with it. */
export interface ReadElements<T> {
  read: T[]
  /** How many could not be read. */
  left: number
}

export function readEach<T>(elements: readonly unknown[], schema: z.ZodType<T>): ReadElements<T> {
  const read = elements.flatMap(element => {
    const { success, data } = schema.safeParse(element)
    return success ? [data] : []
  })
  return { read, left: elements.length - read.length }
}

/**
 * Tells of elements that were left out.
 * @throws CallbackRefused 400, with `reason`, where there were elements and none could be read
 */
export function assertSomeRead(
  { read, left }: ReadElements<unknown>,
  { notice }: Pick<CallbackContext<unknown>, 'notice'>,
  reason: string,
): void {
  if (left === 0) return
  if (read.length === 0) throw new CallbackRefused(400, reason)
  notice(`${left} of ${left + read.length} elements of a callback could not be read, and were left out: ${reason}`)
}

/** Where a broker takes templates alone, and the campaign has none: an import would not let it in. */
export const NO_TEMPLATE: SendResult = { kind: 'FATAL', reason: 'the campaign has no template' }

/** E.164 digits without the country's 55: by its place, since 55 is an area code too. */
export function nationalPhone(phone: string): string {
  return phone.slice(2)
}

/** A phone as a broker writes it → E.164 digits, told from national ones by length; undefined where it is neither. */
export function internationalPhone(written: string): string | undefined {
  const digits = written.replace(/\D/g, '').replace(/^0+/, '')
  if (digits.length === 10 || digits.length === 11) return `55${digits}`
  return (digits.length === 12 || digits.length === 13) && digits.startsWith('55') ? digits : undefined
}

/** A document as brokers want it: without punctuation. Letters stay: since July 2026 a CNPJ may hold them. */
export function plainDocument(document: string | null): string {
  return (document ?? '').replace(/[^0-9A-Za-z]/g, '')
}

import { outsideGsm, smsParts } from '../message/sms-segments.ts'
import type { Lead, LeadSink } from './lead.ts'

/** Number of SMS that the leads to send take, for a broker that bills per SMS. */
export interface Segments {
  /** Total SMS. */
  total: number
  /** Leads by number of SMS. */
  messages: Readonly<Record<string, number>>
  /** Leads with characters outside the GSM alphabet: an SMS then holds less than half as many. */
  unicode: number
  /** Some of those characters. */
  unicode_characters: readonly string[]
}

const CHARACTERS = 10

/** Counts segments per lead; equal texts in a row are counted once. */
export class SegmentCount implements LeadSink {
  readonly #textOf: (lead: Lead) => string | null
  readonly #messages: Record<string, number> = {}
  readonly #characters = new Set<string>()
  #total = 0
  #unicode = 0
  #last = { text: '', parts: smsParts('') }

  /** @param textOf the text of an accepted lead */
  constructor(textOf: (lead: Lead) => string | null) {
    this.#textOf = textOf
  }

  async add(leads: readonly Lead[]): Promise<void> {
    for (const lead of leads) if (!lead.refusal) this.#count(this.#textOf(lead) ?? '')
  }

  get result(): Segments {
    return {
      total: this.#total,
      messages: this.#messages,
      unicode: this.#unicode,
      unicode_characters: [...this.#characters],
    }
  }

  #count(text: string): void {
    if (text !== this.#last.text) this.#last = { text, parts: smsParts(text) }
    const { count, unicode } = this.#last.parts
    this.#total += count
    this.#messages[count] = (this.#messages[count] ?? 0) + 1
    if (!unicode) return
    this.#unicode++
    if (this.#characters.size >= CHARACTERS) return
    for (const character of outsideGsm(text).slice(0, CHARACTERS - this.#characters.size))
      this.#characters.add(character)
  }
}

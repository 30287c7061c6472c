import { outsideGsm, smsParts } from '../message/sms-segments.ts'
import type { Lead, LeadSink } from './lead.ts'

/** How many SMS the leads that can be sent take, at a broker that bills each. */
export interface Segments {
  /** SMS altogether. */
  total: number
  /** How many leads take one SMS, two, …; by their number. */
  messages: Readonly<Record<string, number>>
  /** Leads whose text is not in the GSM alphabet, so that an SMS holds less than half of it. */
  unicode: number
  /** Some of the characters that make it so. */
  unicode_characters: readonly string[]
}

const CHARACTERS = 10

/** Counts them as leads come by; what one of them says is counted once, where the next one says the same. */
export class SegmentCount implements LeadSink {
  readonly #textOf: (lead: Lead) => string | null
  readonly #messages: Record<string, number> = {}
  readonly #characters = new Set<string>()
  #total = 0
  #unicode = 0
  #last = { text: '', parts: smsParts('') }

  /** @param textOf a good lead's text */
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

import type { Sql } from '../database/pool.ts'
import { contactsSince, earliest, type Openings, type Refusals } from '../dispatch/claim/expected-refusals.ts'
import { contactKeys, FREQUENCY_CAP_MS } from '../dispatch/claim/frequency-cap.ts'
import type { Lead, LeadSink } from './lead.ts'
import { PhoneSet } from './phone-set.ts'

/**
 * Counts the leads that the frequency cap would refuse, for leads that are in no table yet (`expectedRefusals` counts stored ones). One
 * indexed read per chunk of leads; of earlier chunks only the documents' numbers stay in memory.
 */
export class CapCount implements LeadSink {
  readonly #sql: Sql
  readonly #openings: Openings
  readonly #opensAt: ReadonlyMap<string, Date>
  readonly #documents = new PhoneSet()
  /** CNPJs with letters do not fit a number. */
  readonly #lettered = new Set<string>()
  #writtenTo = 0
  #sameDocument = 0
  #until: Date | null = null

  constructor(sql: Sql, openings: Openings) {
    this.#sql = sql
    this.#openings = openings
    this.#opensAt = new Map(openings.ddds.map((ddd, i) => [ddd, openings.at[i]!]))
  }

  async add(leads: readonly Lead[]): Promise<void> {
    const asked = leads.filter(lead => !lead.refusal)
    const since = new Date(earliest(this.#openings).getTime() - FREQUENCY_CAP_MS)
    const contacts = await contactsSince(this.#sql, asked.flatMap(contactKeys), since)
    for (const lead of asked) {
      const opening = this.#opensAt.get(lead.phone.slice(2, 4)) ?? this.#openings.elsewhere
      const held = contactKeys(lead)
        .map(key => contacts.get(key))
        .filter(at => at !== undefined && at.getTime() > opening.getTime() - FREQUENCY_CAP_MS) as Date[]
      if (held.length > 0) this.#count(held)
      else if (lead.cpf_cnpj && this.#isKnown(lead.cpf_cnpj)) this.#sameDocument++
    }
  }

  /** @param pending leads to send, fish included */
  result(pending: number): Refusals {
    return {
      blocked: 0,
      writtenTo: this.#writtenTo,
      until: this.#until,
      sameDocument: this.#sameDocument,
      pending,
    }
  }

  #count(held: readonly Date[]): void {
    this.#writtenTo++
    const free = Math.max(...held.map(Number)) + FREQUENCY_CAP_MS
    if (this.#until === null || free > this.#until.getTime()) this.#until = new Date(free)
  }

  #isKnown(document: string): boolean {
    // The leading digit tells a CPF from a CNPJ with leading zeros.
    if (/^\d+$/.test(document)) return this.#documents.add(`1${document}`, 1) !== 0
    if (this.#lettered.has(document)) return true
    this.#lettered.add(document)
    return false
  }
}

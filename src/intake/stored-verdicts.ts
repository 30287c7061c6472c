import type pg from 'pg'
import { pagesOf } from '../database/pages.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { JudgedRow } from '../tabular/rejects-file.ts'
import type { Columns } from './columns.ts'
import type { Lead } from './lead.ts'
import { PHONE_BLOCKED } from './read-leads.ts'
import { REFUSED_BLOCK, seqOf } from './sequence.ts'

/** A lead that the import refused, as it is stored. */
interface RefusedLead {
  /** No fish is read, and each refused lead has a code: neither this nor the code is null. */
  source_line: number | null
  phone: string
  error_code: string | null
  error_message: string | null
  /** Personal data of its row was replaced. */
  erased: boolean
}

const PAGE = 5_000

/** The leads of a campaign that its import refused, in the order of the file, page by page. */
function refusedPages(pool: pg.Pool, campaignId: string): AsyncGenerator<RefusedLead[]> {
  return pagesOf(
    pool,
    client =>
      client.query(
        `DECLARE refused NO SCROLL CURSOR FOR
       SELECT source_line, phone, error_code, error_message, source_line IN (
                SELECT source_line FROM "CampaignLead" WHERE campaign_id = $1 AND erased_at IS NOT NULL
              ) AS erased
       FROM "CampaignLead" WHERE campaign_id = $1 AND seq > $2 AND source_line IS NOT NULL ORDER BY source_line, seq`,
        [campaignId, seqOf(REFUSED_BLOCK, 0)],
      ),
    client => client.query<RefusedLead>(`FETCH ${PAGE} FROM refused`),
  )
}

/** The verdicts of an import, for the leads of its file when it is read again. */
export class StoredVerdicts {
  /** Refused leads that are left out, because personal data of their rows was replaced. */
  erased = 0
  readonly #file: string
  readonly #documentColumn: number | undefined
  readonly #pages: AsyncGenerator<RefusedLead[]>
  #page: readonly RefusedLead[] = []
  #at = 0

  constructor(pool: pg.Pool, campaignId: string, { file, columns }: { file: string; columns: Columns }) {
    this.#file = file
    this.#documentColumn = columns.fields.cpf_cnpj
    this.#pages = refusedPages(pool, campaignId)
  }

  /**
   * @param leads the next ones of the file, complete rows
   * @returns the refused ones, each with the stored reason
   * @throws CampError REJECTS_UNAVAILABLE: the file has other rows than it had for the import
   */
  async of(leads: readonly Lead[]): Promise<JudgedRow[]> {
    const judged: JudgedRow[] = []
    for (let from = 0; from < leads.length; ) {
      const { line } = leads[from]!.row
      let to = from + 1
      while (leads[to]?.row.line === line) to++
      judged.push(...(await this.#ofRow(leads.slice(from, to), line)))
      from = to
    }
    return judged
  }

  /** Call it behind the last row. @throws CampError as `of` */
  async end(): Promise<void> {
    const left = await this.#next()
    if (left !== undefined) throw this.#otherRows(left.source_line!)
  }

  close(): Promise<unknown> {
    return this.#pages.return(undefined)
  }

  async #ofRow(leads: readonly Lead[], line: number): Promise<JudgedRow[]> {
    const open = new Set(leads)
    const judged: JudgedRow[] = []
    for (let next = await this.#next(); next !== undefined; next = await this.#next()) {
      if (next.source_line! > line) break
      if (next.source_line! < line) throw this.#otherRows(next.source_line!)
      this.#at++
      if (next.erased) this.erased++
      else judged.push(this.#judgedBy(next, takeLead(leads, open, next.phone), leads[0]!))
    }
    return judged
  }

  /**
   * The stored reason is the one that counts: the blocklist may have changed since the import. Only the column at fault is not
   * stored.
   * @param lead undefined: the row has no lead with the stored phone now; then no phone of the row is written
   */
  #judgedBy(stored: RefusedLead, lead: Lead | undefined, { row }: Lead): JudgedRow {
    const { error_code, error_message } = stored
    const refusal = {
      code: error_code!,
      detail: error_message ?? '',
      column: lead && this.#columnAtFault(stored, lead),
    }
    if (lead === undefined) return { row, refusal, oneOfSeveral: true }
    return { row, refusal, phoneColumn: lead.phoneColumn, oneOfSeveral: lead.oneOfSeveral }
  }

  #columnAtFault({ error_code, error_message }: RefusedLead, lead: Lead): number | undefined {
    if (error_code === 'BLOCKLISTED') return error_message === PHONE_BLOCKED ? lead.phoneColumn : this.#documentColumn
    return lead.refusal?.code === error_code ? lead.refusal.column : undefined
  }

  async #next(): Promise<RefusedLead | undefined> {
    if (this.#at === this.#page.length) {
      const read = await this.#pages.next()
      this.#page = read.done ? [] : read.value
      this.#at = 0
    }
    return this.#page[this.#at]
  }

  #otherRows(line: number): CampError {
    return new CampError('REJECTS_UNAVAILABLE', t`${this.#file} has no row on line ${line}, where the import had one`, {
      hint: t`This version reads the file in another way. The reasons: camp campaign leads ID --status ERROR`,
    })
  }
}

/** Takes the row's lead with this phone; of a row with one lead, that one. */
function takeLead(leads: readonly Lead[], open: Set<Lead>, phone: string): Lead | undefined {
  const lead = leads.length === 1 ? leads[0] : [...open].find(one => one.phone === phone)
  if (lead) open.delete(lead)
  return lead
}

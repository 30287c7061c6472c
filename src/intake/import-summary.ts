import { createHash } from 'node:crypto'
import type { ImportCode } from '../lifecycle/refusal-codes.ts'
import { REGIONS, type Region, regionOf } from '../recipient/regions.ts'
import type { Fish } from './fish.ts'
import type { Lead } from './lead.ts'

/** Leads, and lines per reason, that an import shows. */
const FIRST = 3
const LINES = 5

/** Counts kept while an import reads. */
export class ImportSummary {
  rows = 0
  /** One per row; several with --all-phones. */
  leads = 0
  pending = 0
  readonly errors: Partial<Record<ImportCode, number>> = {}
  /** Lines of the first rows refused, by reason. */
  readonly refusedLines: Partial<Record<ImportCode, number[]>> = {}
  /** The first leads. */
  readonly first: Lead[] = []
  /** The block of the first good lead. */
  firstBlock: number | undefined
  readonly #byText: boolean
  readonly #blocks = new Map<number, number>()
  readonly #texts = new Map<number, { block: number; count: number }>()

  constructor(byText: boolean) {
    this.#byText = byText
  }

  /** @param rows number of file rows that the leads come from */
  add(leads: readonly Lead[], rows: number): void {
    this.rows += rows
    this.leads += leads.length
    if (this.first.length < FIRST) this.first.push(...leads.slice(0, FIRST - this.first.length))
    for (const { row, refusal, block, custom_message } of leads) {
      if (refusal) {
        this.#countRefusal(refusal.code, row.line)
        continue
      }
      this.pending++
      this.firstBlock ??= block
      this.#blocks.set(block, (this.#blocks.get(block) ?? 0) + 1)
      if (this.#byText) this.#countText(block, custom_message ?? '')
    }
  }

  /** Regions that have a lead to send. */
  get regions(): Region[] {
    return REGIONS.filter((_, block) => this.#blocks.has(block))
  }

  /** Leads to send by group: a batch holds one region and, where leads are ordered by text, one text. */
  groups(fish: readonly Fish[]): { region: Region; count: number }[] {
    const groups = this.#byText
      ? [...this.#texts.values()].map(({ block, count }) => ({ region: REGIONS[block]!, count }))
      : REGIONS.flatMap((region, block) =>
          this.#blocks.has(block) ? [{ region, count: this.#blocks.get(block)! }] : [],
        )
    for (const { phone } of fish) {
      const region = regionOf(phone)!
      const group = groups.find(one => one.region === region)
      if (group) group.count++
      else groups.push({ region, count: 1 })
    }
    return groups
  }

  #countRefusal(code: ImportCode, line: number): void {
    const count = (this.errors[code] ?? 0) + 1
    this.errors[code] = count
    if (count === 1) this.refusedLines[code] = [line]
    else if (count <= LINES) this.refusedLines[code]!.push(line)
  }

  /** Texts are counted by 48 bits of their hash: exact enough for a number of batches, and small for a million texts. */
  #countText(block: number, text: string): void {
    const key = createHash('sha1').update(`${block}\n${text}`).digest().readUIntBE(0, 6)
    const known = this.#texts.get(key)
    if (known) known.count++
    else this.#texts.set(key, { block, count: 1 })
  }
}

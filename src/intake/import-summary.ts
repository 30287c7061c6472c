import { createHash } from 'node:crypto'
import type { ImportCode } from '../lifecycle/refusal-codes.ts'
import { REGIONS, type Region, regionOf } from '../recipient/regions.ts'
import type { Fish } from './fish.ts'
import type { Lead } from './lead.ts'

/** How many leads, and how many lines of each reason, an import shows. */
const FIRST = 3
const LINES = 5

/** What an import counts while it reads. */
export class ImportSummary {
  rows = 0
  /** One for each row, or more with --all-phones. */
  leads = 0
  pending = 0
  readonly errors: Partial<Record<ImportCode, number>> = {}
  /** The lines of the first rows refused for each reason. */
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

  /** @param rows how many rows of the file the leads are */
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

  /** Those with a lead to send. */
  get regions(): Region[] {
    return REGIONS.filter((_, block) => this.#blocks.has(block))
  }

  /** Leads to send, in groups that a batch may not cross: by region, and by text where that matters. */
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

  /** A million texts are kept as a number each: 48 bits of a hash, which are enough for a count of batches. */
  #countText(block: number, text: string): void {
    const key = createHash('sha1').update(`${block}\n${text}`).digest().readUIntBE(0, 6)
    const known = this.#texts.get(key)
    if (known) known.count++
    else this.#texts.set(key, { block, count: 1 })
  }
}

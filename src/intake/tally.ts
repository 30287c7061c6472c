import { createHash } from 'node:crypto'
import type { RefusalCode } from '../campaign/refusals.ts'
import { REGIONS, type Region, regionOf } from '../lead/zones.ts'
import type { Fish } from './fish.ts'
import type { Lead } from './vet.ts'

/** What an import counts while it reads. */
export class Tally {
  rows = 0
  pending = 0
  readonly errors: Partial<Record<RefusalCode, number>> = {}
  /** The block of the first good lead. */
  firstBlock: number | undefined
  readonly #byText: boolean
  readonly #blocks = new Map<number, number>()
  readonly #texts = new Map<number, { block: number; count: number }>()

  constructor(byText: boolean) {
    this.#byText = byText
  }

  add(leads: readonly Lead[]): void {
    for (const { refusal, block, custom_message } of leads) {
      this.rows++
      if (refusal) {
        this.errors[refusal.code] = (this.errors[refusal.code] ?? 0) + 1
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

  /** A million texts are kept as a number each: 48 bits of a hash, which are enough for a count of batches. */
  #countText(block: number, text: string): void {
    const key = createHash('sha1').update(`${block}\n${text}`).digest().readUIntBE(0, 6)
    const known = this.#texts.get(key)
    if (known) known.count++
    else this.#texts.set(key, { block, count: 1 })
  }
}

import { blockOf, freeAfter, seqAfter } from './sequence.ts'

/** A registered control phone (seed number). */
export interface Fish {
  name: string
  phone: string
}

export interface PlacedFish extends Fish {
  block: number
  /** How many leads of its block are sent before it. */
  after: number
  seq: number
}

/**
 * Spreads the fish over a campaign: one is first, two are first and last, three first, middle and last, more are spread evenly, each at
 * the nearest free number. A fish is in its own region's block: a batch is a range of one region, and a lead of another region
 * would split it.
 * @param counts the leads to send in each block
 */
export function placeFish(fish: readonly Fish[], counts: readonly number[]): PlacedFish[] {
  const last = new Map<number, number>()
  return fish.map((one, i) => {
    const block = blockOf(one.phone)
    const share = fish.length === 1 ? 0 : i / (fish.length - 1)
    const wanted = Math.round(share * counts[block]!)
    const after = freeAfter(Math.max(wanted, (last.get(block) ?? -1) + 1))
    last.set(block, after)
    return { ...one, block, after, seq: seqAfter(block, after) }
  })
}

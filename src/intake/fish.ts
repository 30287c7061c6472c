import { blockOf, freeAfter, seqAfter } from './sequence.ts'

/** A control phone of our own, as it is registered. */
export interface Fish {
  name: string
  phone: string
}

export interface PlacedFish extends Fish {
  block: number
  /** It goes out right after this many leads of its block. */
  after: number
  seq: number
}

/**
 * Spreads the fish over a campaign: one goes first, two first and last, three first, middle and last, more evenly between, as near
 * as a number is free. Each stands in the block of its own region, which is where most leads are if the fish are well chosen: a
 * batch is a range of one region, and a lead of another region within it would split it.
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

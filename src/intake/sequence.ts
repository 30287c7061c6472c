import { CampError } from '../errors.ts'
import { REGIONS, regionOf } from '../lead/zones.ts'

/**
 * The dispatch order of a campaign's leads. Each region has a block of numbers of its own (in the order of REGIONS, in which those
 * of a time zone stand together), so that a batch, which holds one region, is a range; within it the even numbers go to leads, in
 * their order, and the odd ones are left for fish between them. Rows that are not sent come after all regions. It all fits
 * PostgreSQL's integer: 28 regions and one more block make 2.03 thousand million of 2.14.
 */
const BLOCK = 70_000_000

/** Leads that one block can take, with room left for fish after the last. */
export const MOST_IN_A_REGION = 30_000_000

const BLOCK_OF_REGION = new Map(REGIONS.map((region, i) => [region, i]))

/** The block of rows that are not sent. */
export const REFUSED_BLOCK = REGIONS.length

/** @param phone a valid one */
export function blockOf(phone: string): number {
  return BLOCK_OF_REGION.get(regionOf(phone)!)!
}

/** The number of a block's n-th lead, n counting from 1. */
export function seqOf(block: number, n: number): number {
  return block * BLOCK + 2 * n
}

/** The number right after a block's n-th lead; before the first for 0. */
export function seqAfter(block: number, n: number): number {
  return seqOf(block, n) + 1
}

/** What `seqOf` is in SQL, for staged leads. */
export const SEQ_SQL = `block * ${BLOCK} + 2 * n`

/** Counts the leads of each block and numbers them. */
export class Sequencer {
  readonly counts: number[] = Array.from({ length: REGIONS.length + 1 }, () => 0)

  /** @throws CampError DATA when a block is full */
  next(block: number): number {
    const n = ++this.counts[block]!
    if (n > MOST_IN_A_REGION) {
      const what = REGIONS[block] ? `of ${REGIONS[block].name}` : 'that are refused'
      throw new CampError('FILE_TOO_LARGE', `more than ${MOST_IN_A_REGION.toLocaleString('en')} rows ${what}`, {
        hint: 'Import the file in parts.',
      })
    }
    return seqOf(block, n)
  }
}

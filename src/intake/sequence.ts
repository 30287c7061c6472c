import { CampError } from '../errors.ts'
import { REGIONS, regionOf } from '../recipient/regions.ts'

/**
 * The dispatch order of a campaign's leads. Each region has a block of numbers of its own (in the order of REGIONS, in which those
 * of a time zone stand together), so that a batch, which holds one region, is a range; within it leads are numbered in their order, and
 * some numbers are left for fish between them: one before each of the first leads, and then one in 17, because the record of attempts
 * names leads by ranges, which end at every number that is left out. Rows that are not sent come after all regions. It all fits
 * PostgreSQL's integer: 28 regions and one more block make 2.03 thousand million of 2.14.
 */
const BLOCK = 70_000_000
/** So many leads of a block have a free number before them each. */
const SPARSE = 32
/** Of those behind them so many stand together. */
const RUN = 16

/** Leads that one block can take, with room left for fish after the last. */
export const MAX_IN_A_REGION = 30_000_000

const BLOCK_OF_REGION = new Map(REGIONS.map((region, i) => [region, i]))

/** The block of rows that are not sent. */
export const REFUSED_BLOCK = REGIONS.length

/** @param phone a valid one */
export function blockOf(phone: string): number {
  return BLOCK_OF_REGION.get(regionOf(phone)!)!
}

/** The number of a block's n-th lead, n counting from 1. */
export function seqOf(block: number, n: number): number {
  return block * BLOCK + n + Math.min(n, SPARSE) + Math.floor(Math.max(0, n - SPARSE) / RUN)
}

/** What `seqOf` is in SQL, for staged leads. */
export const SEQ_SQL = `block * ${BLOCK} + n + least(n, ${SPARSE}) + greatest(0, n - ${SPARSE}) / ${RUN}`

/** The least number of leads of a block, from `n` on, after which a number is free; 0: before the first. */
export function freeAfter(n: number): number {
  return n < SPARSE ? n : n + RUN - 1 - ((n - SPARSE) % RUN)
}

/** The free number right after a block's n-th lead. @param n one that `freeAfter` names */
export function seqAfter(block: number, n: number): number {
  return seqOf(block, n) + 1
}

/** Counts the leads of each block and numbers them. */
export class Sequencer {
  readonly counts: number[] = Array.from({ length: REGIONS.length + 1 }, () => 0)

  /** @throws CampError DATA when a block is full */
  next(block: number): number {
    const n = ++this.counts[block]!
    if (n > MAX_IN_A_REGION) {
      const what = REGIONS[block] ? `of ${REGIONS[block].name}` : 'that are refused'
      throw new CampError('FILE_TOO_LARGE', `more than ${MAX_IN_A_REGION.toLocaleString('en')} rows ${what}`, {
        hint: 'Import the file in parts.',
      })
    }
    return seqOf(block, n)
  }
}

import { CampError } from '../errors.ts'
import { numberText } from '../language/format.ts'
import { t } from '../language/text.ts'
import { REGIONS, regionOf } from '../recipient/regions.ts'

/**
 * The dispatch order of a campaign's leads. Each region has its own block of numbers (in the order of REGIONS, which groups them by
 * time zone), so a batch, which holds one region, is a range. Within a block leads are numbered in file order. Some numbers stay free
 * for fish: one before each of the first leads, then one in 17, because the record of attempts stores leads as ranges and every free
 * number ends a range. Refused rows come after all regions. 28 regions and one more block take 2.03 of the 2.14 thousand million
 * numbers of PostgreSQL's integer.
 */
const BLOCK = 70_000_000
/** Leads at the start of a block that have a free number before them. */
const SPARSE = 32
/** Leads between two free numbers after those. */
const RUN = 16

/** Leads that a block can hold, with room for fish after the last. */
export const MAX_IN_A_REGION = 30_000_000

const BLOCK_OF_REGION = new Map(REGIONS.map((region, i) => [region, i]))

/** The block of refused rows. */
export const REFUSED_BLOCK = REGIONS.length

/** @param phone valid */
export function blockOf(phone: string): number {
  return BLOCK_OF_REGION.get(regionOf(phone)!)!
}

/** The number of a block's n-th lead, n counting from 1. */
export function seqOf(block: number, n: number): number {
  return block * BLOCK + n + Math.min(n, SPARSE) + Math.floor(Math.max(0, n - SPARSE) / RUN)
}

/** What `seqOf` is in SQL, for staged leads. */
export const SEQ_SQL = `block * ${BLOCK} + n + least(n, ${SPARSE}) + greatest(0, n - ${SPARSE}) / ${RUN}`

/** The smallest count ≥ n of leads after which a number is free; 0: before the first lead. */
export function freeAfter(n: number): number {
  return n < SPARSE ? n : n + RUN - 1 - ((n - SPARSE) % RUN)
}

/** The free number right after a block's n-th lead. @param n a result of `freeAfter` */
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
      const most = numberText(MAX_IN_A_REGION)
      const region = REGIONS[block]?.name
      const what = region ? t`more than ${most} rows of ${region}` : t`more than ${most} rows that are refused`
      throw new CampError('FILE_TOO_LARGE', what, {
        hint: t`Import the file in parts.`,
      })
    }
    return seqOf(block, n)
  }
}

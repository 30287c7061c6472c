import { CampError } from '../errors.ts'
import { ZONES, zoneOf } from '../lead/zones.ts'

/**
 * The dispatch order of a campaign's leads. Each time zone has a block of numbers of its own (in the order of ZONES), so that
 * a batch, which holds one zone, is a range; within it the even numbers go to leads, in their order, and the odd ones are left
 * for fish between them. Rows that are not sent come after all zones. It all fits PostgreSQL's integer: 13 zones and one more
 * block make 1.4 thousand million of 2.1.
 */
const BLOCK = 100_000_000

/** Leads that one block can take, with room left for fish after the last. */
export const MOST_IN_A_ZONE = 40_000_000

const ZONE_INDEX = new Map(ZONES.map((zone, i) => [zone, i]))

/** The block of rows that are not sent. */
export const REFUSED_BLOCK = ZONES.length

/** @param phone a valid one */
export function blockOf(phone: string): number {
  return ZONE_INDEX.get(zoneOf(phone)!)!
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
  readonly counts: number[] = Array.from({ length: ZONES.length + 1 }, () => 0)

  /** @throws CampError DATA when a block is full */
  next(block: number): number {
    const n = ++this.counts[block]!
    if (n > MOST_IN_A_ZONE) {
      throw new CampError(
        'DATA',
        `more than ${MOST_IN_A_ZONE.toLocaleString('en')} rows of one kind (a time zone's, or refused ones)`,
        {
          hint: 'Import the file in parts.',
        },
      )
    }
    return seqOf(block, n)
  }

  /** Leads to send, by zone, in dispatch order; zones without one are left out. */
  zones(): { zone: string; count: number }[] {
    return ZONES.map((zone, block) => ({ zone, count: this.counts[block]! })).filter(({ count }) => count > 0)
  }
}

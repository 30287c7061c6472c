import type { Sql } from '../../database/pool.ts'
import type { CampaignView } from './view.ts'

/** A batch as `report --batches` prints it. Money is a decimal string. */
export interface BatchView {
  number: number
  kind: 'SEND' | 'CLOSING'
  status: keyof CampaignView['batches']
  size: number
  accepted: number
  refused: number
  attempt: number
  /** Its cost in the ledger. */
  reserved: string
  claimed_at: Date | null
  settled_at: Date | null
  not_before: Date | null
  /** The broker's id of its request; one line each if it was sent in parts. */
  broker_ref: string | null
  error: string | null
}

const PAGE = 1_000

/** In the order of their numbers, a page at a time: a paced campaign has a batch for each lead. */
export async function* batchPages(sql: Sql, campaignId: string): AsyncGenerator<BatchView[]> {
  for (let after = -1; ; ) {
    const { rows } = await sql.query<BatchView>(
      `SELECT number, kind, status, size, accepted, refused, attempt, reserved::numeric(14, 4) AS reserved, claimed_at,
              settled_at, not_before, broker_ref, error
       FROM "Batch" WHERE campaign_id = $1 AND number > $2 ORDER BY number LIMIT ${PAGE}`,
      [campaignId, after],
    )
    if (rows.length === 0) return
    yield rows
    after = rows.at(-1)!.number
  }
}

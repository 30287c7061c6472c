import { type Sql, transaction } from '../../database/pool.ts'
import { transition } from '../../lifecycle/transition.ts'
import type { MoveDeps } from '../deps.ts'

/** Which campaigns: those of a wallet, of a broker, of both, or all. */
export interface CampaignFilter {
  walletId?: string | undefined
  brokerId?: string | undefined
}

/**
 * PROCESSING → PAUSED for every campaign of the filter, each in its own transaction and with its own audit, which records the
 * filter. Campaigns that start meanwhile are paused, too; later ones are not.
 * @returns the ids of the paused campaigns
 */
export async function pauseMany(
  { pool, clock }: MoveDeps,
  filter: CampaignFilter,
  userId: string,
  reason: string | null,
): Promise<string[]> {
  const detail = { [FILTER]: { wallet_id: filter.walletId ?? null, broker_id: filter.brokerId ?? null } }
  const paused: string[] = []
  for (;;) {
    const running = (await idsOf(pool, 'PROCESSING', filter)).filter(id => !paused.includes(id))
    if (running.length === 0) return paused
    for (const id of running) {
      const by = { userId, now: clock.now(), reason, detail }
      // It may have finished, or another user may have stopped it.
      if (await transaction(pool, tx => transition(tx, 'pause', id, by))) paused.push(id)
    }
  }
}

/** In the audit of a pause: a command for several campaigns made it. */
const FILTER = 'filter'

/** The PAUSED campaigns of the filter whose last pause was made by `pauseMany`: a pause of one campaign stays. */
export async function pausedByMany(sql: Sql, filter: CampaignFilter): Promise<string[]> {
  const ids = await idsOf(sql, 'PAUSED', filter)
  const { rows } = await sql.query<{ id: string }>(
    `SELECT c.id::text AS id FROM unnest($1::text[]) WITH ORDINALITY AS c(id, place)
     WHERE (SELECT e.detail ? $2 FROM "AuditEvent" e
            WHERE e.subject = 'Campaign' AND e.subject_id = c.id AND e.action = 'campaign.pause'
            ORDER BY e.at DESC, e.id DESC LIMIT 1)
     ORDER BY c.place`,
    [ids, FILTER],
  )
  return rows.map(({ id }) => id)
}

async function idsOf(sql: Sql, status: 'PROCESSING' | 'PAUSED', filter: CampaignFilter): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT id FROM "Campaign"
     WHERE status::text = $1 AND ($2::uuid IS NULL OR wallet_id = $2) AND ($3::uuid IS NULL OR broker_id = $3)
     ORDER BY created_at, id`,
    [status, filter.walletId ?? null, filter.brokerId ?? null],
  )
  return rows.map(({ id }) => id)
}

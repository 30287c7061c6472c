import { createHash } from 'node:crypto'
import { v7 as uuidv7 } from 'uuid'
import type { Sql, Tx } from '../database/pool.ts'
import { transition } from '../lifecycle/transition.ts'
import type { Send } from './judge-send.ts'

/**
 * The campaigns of the old system's messages. An old campaign may have several wallets and brokers; camp has a campaign for each. Its
 * source_sha256 is a hash of the three: by it a second import finds the campaign again.
 */
export function campaignKey({ agendamento, wallet, broker }: Send): string {
  return createHash('sha256')
    .update(JSON.stringify(['legacy', agendamento, wallet.idgis, broker.name]))
    .digest('hex')
}

/** @returns the ids of the archived campaigns that are there, by their keys */
export async function findArchived(sql: Sql, keys: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql.query<{ id: string; source_sha256: string }>(
    `SELECT id, source_sha256 FROM "Campaign" WHERE source_sha256 = ANY($1) AND status = 'ARCHIVED'`,
    [keys],
  )
  return new Map(rows.map(row => [row.source_sha256, row.id]))
}

export interface NewArchived {
  send: Send
  key: string
  /** The table that it is from. */
  source: string
  /** The old price of a message; null: it is not known. */
  price: string | null
  userId: string
  now: Date
}

/**
 * Opens the campaign of a message. Its handle is the old one; if a campaign of camp or another part of the old campaign has that, the
 * broker and the wallet are added to it.
 */
export async function insertArchived(tx: Tx, { send, key, source, price, userId, now }: NewArchived): Promise<string> {
  const id = uuidv7()
  const { agendamento, broker, wallet } = send
  const full = `${agendamento}-${broker.name}-${wallet.idgis}`
  for (const handle of [agendamento, `${agendamento}-${broker.name}`, full, `${full}-${key.slice(0, 8)}`]) {
    const { rowCount } = await tx.query(
      `INSERT INTO "Campaign" (id, agendamento_id, name, user_id, wallet_id, broker_id, source_file, source_sha256, unit_cost,
                               created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (agendamento_id) DO NOTHING`,
      [
        ...[id, handle, send.campaignName, userId, wallet.id, broker.id, source, key, price],
        ...[send.registeredAt ?? now, now],
      ],
    )
    if (rowCount === 1) return id
  }
  throw new Error('four handles of an old campaign are taken')
}

/** After its first leads: no transition leaves the status. */
export async function archive(tx: Tx, id: string, { send, userId, now }: NewArchived): Promise<void> {
  const detail = { agendamento_id: send.agendamento, provider: send.provider }
  const by = { userId, now, reason: 'sent by the old system', detail }
  if (!(await transition(tx, 'archive', id, by))) throw new Error('a new campaign was not archived')
}

/** Adds to the campaign's counts of rows and leads. */
export async function countLeads(tx: Tx, id: string, leads: number): Promise<void> {
  await tx.query(`UPDATE "Campaign" SET rows = rows + $2, lead_count = lead_count + $2 WHERE id = $1`, [id, leads])
}

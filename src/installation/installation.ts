import { v7 as uuidv7 } from 'uuid'
import { locking } from '../database/lock-order.ts'
import type { Sql, Tx } from '../database/pool.ts'
import { recordAudit } from '../security/audit-log.ts'
import type { HoldKind } from './judge.ts'
import type { Mark } from './mark.ts'

/** A database that waits for a person: nothing is sent from it. */
export interface Hold {
  at: Date
  kind: HoldKind
  /** A sentence without a full stop. */
  reason: string
  /** The mark outside, if it was ahead. */
  outside: Mark | null
}

export interface Installation extends Mark {
  id: string
  markedAt: Date | null
  server: string | null
  addresses: string[]
  hold: Hold | null
}

interface Row {
  installation_id: string
  generation: number
  mark: string
  marked_at: Date | null
  server: string | null
  addresses: string[]
  held_at: Date | null
  hold_kind: HoldKind | null
  hold_reason: string | null
  hold_generation: number | null
  hold_mark: string | null
  hold_marked_at: Date | null
}

const READ = `SELECT installation_id, generation, mark, marked_at, server, addresses, held_at, hold_kind, hold_reason, hold_generation,
  hold_mark, hold_marked_at FROM "Installation" WHERE id = 1`

/** @returns undefined if no worker and no migration of this camp has created it yet */
export async function readInstallation(sql: Sql): Promise<Installation | undefined> {
  const { rows } = await sql.query<Row>(READ)
  return rows[0] && installationOf(rows[0])
}

/** Locks the row, creating it if necessary with a new id, so that databases created from one template are distinguishable. */
export async function lockInstallation(tx: Tx): Promise<Installation> {
  await tx.query(`INSERT INTO "Installation" (id, installation_id) VALUES (1, $1) ON CONFLICT DO NOTHING`, [uuidv7()])
  const { rows } = await locking(tx, 'Installation').query<Row>(`${READ} FOR UPDATE`)
  return installationOf(rows[0]!)
}

/** @returns undefined if the database does not wait for a person */
export async function holdOf(sql: Sql): Promise<Hold | undefined> {
  return (await readInstallation(sql))?.hold ?? undefined
}

/** In a transaction that has locked the row. @returns when the hold was set */
export async function writeHold(
  tx: Tx,
  { id }: Pick<Installation, 'id'>,
  { kind, reason, outside }: Omit<Hold, 'at'>,
  userId: string | null,
): Promise<Date> {
  const { rows } = await tx.query<{ at: Date }>(
    `UPDATE "Installation" SET held_at = pg_catalog.clock_timestamp(), hold_kind = $1::"HoldKind", hold_reason = $2,
            hold_generation = $3, hold_mark = $4, hold_marked_at = $5 WHERE id = 1 RETURNING held_at AS at`,
    [kind, reason, outside?.generation ?? null, outside?.mark ?? null, outside?.at ?? null],
  )
  const detail = { kind, reason }
  await recordAudit(tx, { userId, action: 'installation.hold', subject: 'Installation', subjectId: id, detail })
  return rows[0]!.at
}

function installationOf(row: Row): Installation {
  const { generation, marked_at: markedAt, server, addresses } = row
  return {
    id: row.installation_id,
    generation,
    mark: Number(row.mark),
    at: markedAt ?? new Date(0),
    markedAt,
    server,
    addresses,
    hold: row.held_at && {
      at: row.held_at,
      kind: row.hold_kind!,
      reason: row.hold_reason!,
      outside:
        row.hold_mark === null
          ? null
          : { generation: row.hold_generation!, mark: Number(row.hold_mark), at: row.hold_marked_at! },
    },
  }
}

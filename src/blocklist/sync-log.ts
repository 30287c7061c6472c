import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Sql, Tx } from '../database/pool.ts'

/** What a sync counted. Rows are the file's; the rest are entries of the blocklist. */
const figures = z.object({
  rows: z.number(),
  /** Rows of which something could not be read. */
  refused: z.number(),
  /** Rows whose digits are a phone and a document, and count as both. */
  ambiguous: z.number(),
  phones: z.number(),
  documents: z.number(),
  added: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  removed: z.number(),
})
export type SyncFigures = z.infer<typeof figures>

/** The last sync of a source's list from one place. */
export interface Sync {
  source: string
  location: string
  locationHash: string
  /** How it was read and applied. */
  settings: string
  purpose: string | null
  etag: string | null
  lastModified: string | null
  figures: SyncFigures
  syncedAt: Date
  checkedAt: Date
}

interface SyncRow {
  source: string
  location: string
  location_hash: string
  settings: string
  purpose: string | null
  etag: string | null
  last_modified: string | null
  figures: unknown
  synced_at: Date
  checked_at: Date
}

/** The newest first. @param source all where undefined */
export async function listSyncs(sql: Sql, source?: string): Promise<Sync[]> {
  const { rows } = await sql.query<SyncRow>(
    `SELECT source, location, location_hash, settings, purpose, etag, last_modified, figures, synced_at, checked_at
     FROM "BlocklistSync" WHERE $1::text IS NULL OR source = $1 ORDER BY synced_at DESC, id DESC`,
    [source ?? null],
  )
  return rows.map(row => ({
    source: row.source,
    location: row.location,
    locationHash: row.location_hash,
    settings: row.settings,
    purpose: row.purpose,
    etag: row.etag,
    lastModified: row.last_modified,
    figures: figures.parse(row.figures),
    syncedAt: row.synced_at,
    checkedAt: row.checked_at,
  }))
}

/**
 * Keeps what a sync did. Where it changed anything, the source's entries are no longer what its other places gave: their servers
 * are not told any more what camp has of them, so that none of them says "nothing new".
 */
export async function recordSync(tx: Tx, sync: Omit<Sync, 'checkedAt'>): Promise<void> {
  const { added, changed, removed } = sync.figures
  if (added + changed + removed > 0)
    await tx.query(`UPDATE "BlocklistSync" SET etag = NULL, last_modified = NULL WHERE source = $1`, [sync.source])
  await tx.query(
    `INSERT INTO "BlocklistSync" (id, source, location, location_hash, settings, purpose, etag, last_modified,
      figures, synced_at, checked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
     ON CONFLICT (source, location_hash) DO UPDATE SET
       location = excluded.location, settings = excluded.settings, purpose = excluded.purpose, etag = excluded.etag,
       last_modified = excluded.last_modified, figures = excluded.figures, synced_at = excluded.synced_at,
       checked_at = excluded.checked_at`,
    [
      uuidv7(),
      sync.source,
      sync.location,
      sync.locationHash,
      sync.settings,
      sync.purpose,
      sync.etag,
      sync.lastModified,
      JSON.stringify(sync.figures),
      sync.syncedAt,
    ],
  )
}

/** The server said that nothing is new. */
export async function recordCheck(tx: Tx, source: string, locationHash: string, now: Date): Promise<void> {
  await tx.query(`UPDATE "BlocklistSync" SET checked_at = $3 WHERE source = $1 AND location_hash = $2`, [
    source,
    locationHash,
    now,
  ])
}

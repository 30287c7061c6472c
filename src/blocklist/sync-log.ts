import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Sql, Tx } from '../database/pool.ts'

/** A sync's figures. Rows are rows of the file, all others are blocklist entries. */
const figures = z.object({
  rows: z.number(),
  /** Rows with an unreadable value. */
  refused: z.number(),
  /** Rows whose digits are both a phone and a document; both are blocked. */
  ambiguous: z.number(),
  /** With a preset: rows whose entries do not bind yet. */
  waiting: z.number().optional(),
  /** With a preset: rows that bind at once, since they have no date that can be read. */
  undated: z.number().optional(),
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
  /** The options it was read and applied with. */
  settings: string
  /** The rules that it was read with (sync/preset.ts), of its settings. */
  preset: string | null
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

/** Newest first. @param source undefined: all */
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
    preset: presetIn(row.settings),
    purpose: row.purpose,
    etag: row.etag,
    lastModified: row.last_modified,
    figures: figures.parse(row.figures),
    syncedAt: row.synced_at,
    checkedAt: row.checked_at,
  }))
}

const withPreset = z.object({ preset: z.string().nullable().default(null) })

function presetIn(settings: string): string | null {
  return withPreset.parse(JSON.parse(settings)).preset
}

/**
 * Records a sync. If it changed entries, they no longer match the source's other locations: those validators are cleared, so that no
 * server answers "not modified".
 */
export async function recordSync(tx: Tx, sync: Omit<Sync, 'checkedAt' | 'preset'>): Promise<void> {
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

import type pg from 'pg'
import { type Tx, transaction } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Actor } from '../security/actor.ts'
import { recordAudit } from '../security/audit-log.ts'
import {
  addToBlocklist,
  clearSource,
  countBySource,
  type Entry,
  removeFromBlocklist,
  type Selection,
  type SourceCount,
  UNKNOWN_PERSON,
} from './blocklist.ts'

/** Changes that users make to the blocklist, each audited. */

export const BY_HAND = 'manual'

type By = Pick<Actor, 'id'>

/** Canonical phones and documents. */
export interface Keys {
  phones: string[]
  documents: string[]
}

export function subjectOf({ phones, documents }: Keys): string {
  return [...phones, ...documents].join(' and ')
}

/** @param purpose null: blocked for all purposes @returns the number of new entries */
export function block(
  pool: pg.Pool,
  by: By,
  keys: Keys,
  { reason, purpose }: { reason: string | null; purpose: string | null },
): Promise<number> {
  return transaction(pool, async tx => {
    const source = BY_HAND
    const added = await addToBlocklist(tx, { ...keys, reason, source, purpose })
    await audit(tx, by, 'add', subjectOf(keys), { ...keys, reason, source, purpose, added })
    return added
  })
}

/** @param source undefined: entries of all sources @returns the removed entries */
export function unblock(pool: pg.Pool, by: By, keys: Keys, source: Selection['source']): Promise<Entry[]> {
  return transaction(pool, async tx => {
    const entries = await removeFromBlocklist(tx, { ...keys, source })
    await audit(tx, by, 'remove', subjectOf(keys), { ...keys, sources: entries.map(entry => entry.source) })
    return entries
  })
}

/**
 * Finds a source whose entries may be removed as a whole.
 * @throws CampError SOURCE_RESERVED: entries made by users, or opt-outs and replies of a broker's own leads;
 * BLOCKLIST_SOURCE_NOT_FOUND: no entries
 */
export async function findClearableSource(pool: pg.Pool, source: string): Promise<SourceCount> {
  const isAsked = source.startsWith('broker:') || source.startsWith('reply:')
  if (source === BY_HAND || (isAsked && !source.endsWith(UNKNOWN_PERSON))) {
    throw new CampError(
      'SOURCE_RESERVED',
      t`each entry of ${source} is one recipient's request: they cannot be removed all at once`,
      { hint: t`Remove single entries with --phone or --document.` },
    )
  }
  const count = (await countBySource(pool)).find(one => one.source === source)
  if (count) return count
  throw new CampError('BLOCKLIST_SOURCE_NOT_FOUND', t`no entry has the source ${source}`, {
    hint: t`See: camp blocklist stats`,
  })
}

/** @returns the number of removed entries */
export function unblockSource(pool: pg.Pool, by: By, { source }: Pick<SourceCount, 'source'>): Promise<number> {
  return transaction(pool, async tx => {
    const removed = await clearSource(tx, source)
    await audit(tx, by, 'remove', source, { source, all: true, removed })
    return removed
  })
}

function audit(tx: Tx, { id }: By, what: 'add' | 'remove', subjectId: string, detail: object): Promise<void> {
  return recordAudit(tx, { userId: id, action: `blocklist.${what}`, subject: 'Blocklist', subjectId, detail })
}

import { countBySource, type SourceCount } from '../../../blocklist/blocklist.ts'
import { listSyncs, type Sync } from '../../../blocklist/sync-log.ts'
import { t } from '../../../language/text.ts'
import type { Context } from '../../context.ts'
import { number, time } from '../campaign/text.ts'

interface SourceView extends SourceCount {
  /** The last sync from each place, newest first. */
  syncs: ReturnType<typeof syncView>[]
}

export async function stats(context: Context): Promise<void> {
  await context.actor()
  const pool = await context.pool()
  const sources = withSyncs(await countBySource(pool), await listSyncs(pool))
  const total = (pick: 'phones' | 'documents') => sources.reduce((sum, source) => sum + source[pick], 0)
  const { timezone } = context.config
  context.out.list(
    sources,
    [
      { title: t`SOURCE`, value: row => row.source },
      { title: t`PHONES`, value: row => number(row.phones), align: 'right' },
      { title: t`DOCUMENTS`, value: row => number(row.documents), align: 'right' },
      { title: t`BINDS`, value: row => row.purposes.map(purpose => purpose ?? t`everything`).join(', ') },
      { title: t`SYNCED`, value: ({ syncs: [last] }) => (last ? time(last.synced_at, timezone) : '') },
      { title: t`CHECKED`, value: ({ syncs: [last] }) => (last ? time(last.checked_at, timezone) : '') },
      { title: t`LOCATION`, value: ({ syncs: [last] }) => last?.from ?? '' },
      { title: t`VALIDATOR`, value: ({ syncs: [last] }) => last?.etag ?? last?.last_modified ?? '' },
    ],
    t`The blocklist is empty.`,
    { phones: total('phones'), documents: total('documents'), sources },
  )
}

/** Includes sources whose list is empty: they were synced, too. */
function withSyncs(counts: readonly SourceCount[], syncs: readonly Sync[]): SourceView[] {
  const names = [...new Set([...counts, ...syncs].map(one => one.source))].sort()
  return names.map(source => ({
    ...(counts.find(count => count.source === source) ?? { source, phones: 0, documents: 0, purposes: [] }),
    syncs: syncs.filter(sync => sync.source === source).map(syncView),
  }))
}

function syncView({ location, purpose, preset, etag, lastModified, figures, syncedAt, checkedAt }: Sync) {
  return {
    from: location,
    purpose,
    preset,
    etag,
    last_modified: lastModified,
    synced_at: syncedAt.toISOString(),
    checked_at: checkedAt.toISOString(),
    ...figures,
  }
}

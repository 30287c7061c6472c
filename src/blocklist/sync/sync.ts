import { resolve } from 'node:path'
import { cancelledBy } from '../../database/cancel.ts'
import { type Tx, transaction, withoutTimeLimits } from '../../database/pool.ts'
import { CampError } from '../../errors.ts'
import { numberText } from '../../language/format.ts'
import { t } from '../../language/text.ts'
import { recordAudit } from '../../security/audit-log.ts'
import { assertUnchanged } from '../../tabular/inspect.ts'
import { otherSheetsOf } from '../../tabular/other-sheets.ts'
import type { RejectsFile } from '../../tabular/rejects-file.ts'
import { listSyncs, recordCheck, recordSync, type SyncFigures } from '../sync-log.ts'
import { applyStaged, type Delta, openStaging } from './apply-difference.ts'
import { type Fetched, fetchList } from './fetch-list.ts'
import { type Location, parseLocation } from './location.ts'
import { presetFor } from './preset.ts'
import { emptyList, type ListReading, newReading, readList } from './read-list.ts'
import type { ListRequest, SyncDeps, SyncRequest, SyncResult } from './request.ts'

/**
 * Syncs the blocklist entries of one source with its list: replaces them (`replace`) or adds to them. The list is downloaded first and
 * applied as a difference in one transaction: after an error the blocklist is unchanged. Of two concurrent syncs of a source the second
 * is refused: it could apply an older list over a newer one.
 * @throws CampError USAGE, NOT_FOUND, UNREACHABLE (the server), DATA (the list), STATE (it would shrink; another sync runs),
 * INTERRUPTED
 */
export async function syncBlocklist(deps: SyncDeps, request: SyncRequest): Promise<SyncResult> {
  assertSource(request.source)
  const location = parseLocation(request.from)
  if (request.rejects !== null && location.kind === 'FILE' && resolve(request.rejects) === location.path)
    throw new CampError('OPTIONS_CONFLICT', t`--rejects names the list itself`, {
      hint: t`Choose another path for --rejects.`,
    })
  const kept: AppliedList = { fetched: null, rejects: null }
  try {
    const result = await transaction(deps.pool, tx =>
      cancelledBy(deps.signal, deps.pool, tx, () => syncIn(tx, deps, request, location, kept)),
    )
    await kept.rejects?.publish()
    return result
  } catch (error) {
    if (!deps.signal.aborted) throw error
    throw new CampError('INTERRUPTED', t`the sync was interrupted`, {
      hint: t`The blocklist is unchanged.`,
      cause: deps.signal.reason,
    })
  } finally {
    await kept.rejects?.discard()
    await kept.fetched?.remove()
  }
}

/** Kept outside the transaction, which may be retried: the list is downloaded once. */
interface AppliedList {
  fetched: Fetched | null
  /** Of the last attempt; published after the commit. */
  rejects: RejectsFile | null
}

async function syncIn(
  tx: Tx,
  deps: SyncDeps,
  asked: SyncRequest,
  location: Location,
  kept: AppliedList,
): Promise<SyncResult> {
  await claimSource(tx, asked.source)
  const syncs = await listSyncs(tx, asked.source)
  const request: ListRequest = { ...asked, preset: presetFor(asked.preset, syncs[0]?.preset ?? null) }
  assertFitsPreset(request)
  const settings = settingsOf(request)
  const last = syncs.find(sync => sync.locationHash === location.hash)
  const result = (status: SyncResult['status'], figures: SyncFigures, reading?: ListReading): SyncResult => ({
    status,
    source: request.source,
    from: location.shown,
    purpose: request.purpose,
    preset: request.preset,
    replace: request.replace,
    figures,
    firstUndated: reading?.firstUndated ?? null,
    refusals: reading?.refusals ?? [],
    rejects: reading?.rejects ? { file: reading.rejects.path, rows: reading.rejects.rows } : null,
    otherSheets: kept.fetched ? otherSheetsOf(kept.fetched.source) : [],
    notes: kept.fetched?.source.notes ?? [],
  })
  if (!kept.fetched) {
    // A list that has not changed may have entries that bind by now.
    const usable = !request.refetch && request.preset === null && last?.settings === settings ? last : undefined
    const fetched = await fetchList(deps, request, location, usable)
    if (fetched.kind === 'NOT_MODIFIED') {
      await recordCheck(tx, request.source, location.hash, deps.clock.now())
      return result('NOT_MODIFIED', last!.figures)
    }
    kept.fetched = fetched
  }
  const { source, validators } = kept.fetched
  await kept.rejects?.discard()
  const reading = newReading()
  const delta = await apply(tx, deps, request, kept.fetched, reading).finally(() => {
    kept.rejects = reading.rejects
  })
  const { rows, refused, ambiguous, waiting, undated } = reading
  const { held: _held, ...changes } = delta
  const figures: SyncFigures = {
    rows,
    refused,
    ambiguous,
    ...(request.preset !== null && { waiting, undated }),
    ...changes,
  }
  await recordSync(tx, {
    source: request.source,
    location: location.shown,
    locationHash: location.hash,
    settings,
    purpose: request.purpose,
    ...validators,
    figures,
    syncedAt: deps.clock.now(),
  })
  // A disk error must come before the commit.
  await reading.rejects?.seal()
  await recordAudit(tx, {
    userId: request.userId,
    action: 'blocklist.sync',
    subject: 'Blocklist',
    subjectId: request.source,
    detail: {
      from: location.shown,
      sha256: source.sha256,
      purpose: request.purpose,
      ...(request.preset !== null && { preset: request.preset }),
      replace: request.replace,
      allow_shrink: request.allowShrink,
      ...figures,
      ...(source.notes.length > 0 && { notes: source.notes }),
    },
  })
  deps.signal.throwIfAborted()
  return result('APPLIED', figures, reading)
}

async function apply(
  tx: Tx,
  deps: SyncDeps,
  request: ListRequest,
  { source }: Fetched,
  reading: ListReading,
): Promise<Delta> {
  const staging = await openStaging(tx)
  try {
    await readList(deps, request, source, staging, reading)
    await staging.end()
  } catch (error) {
    await staging.abort()
    throw error
  }
  await assertUnchanged(source)
  assertNamesSomebody(source.file, reading, request)
  const delta = await applyStaged(tx, { ...request, now: deps.clock.now() })
  if (!request.allowShrink && delta.removed * 2 > delta.held) throw wouldShrink(source.file, request.source, delta)
  return delta
}

/**
 * Rejects reserved source names: a list must not remove entries of people and brokers.
 * @throws CampError USAGE
 */
function assertSource(source: string): void {
  if (source !== 'manual' && !/^(broker|reply):/.test(source)) return
  throw new CampError(
    'SOURCE_RESERVED',
    t`--source ${source}: this name is reserved for entries that ${source === 'manual' ? t`users add` : t`brokers report`}`,
    {
      hint: t`Use the name of the list: --source procon, --source nao-me-perturbe, …`,
    },
  )
}

/** @throws CampError OPTIONS_CONFLICT: also where the preset is that of the source's last sync */
function assertFitsPreset({ source, preset, purpose, only }: ListRequest): void {
  if (preset === null || (purpose === null && only !== 'document')) return
  throw new CampError(
    'OPTIONS_CONFLICT',
    t`the list of ${source} has the preset ${preset}, which excludes --purpose and --type document`,
    {
      hint: t`Its entries are phones, and bind every campaign. If it is another list now: --preset none`,
    },
  )
}

/** Locks the source until the transaction ends. @throws CampError STATE */
async function claimSource(tx: Tx, source: string): Promise<void> {
  // A download may take longer than idle_in_transaction_session_timeout.
  await withoutTimeLimits(tx)
  const { rows } = await tx.query<{ free: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free`,
    [`camp blocklist sync ${source}`],
  )
  if (rows[0]!.free) return
  throw new CampError('SYNC_RUNNING', t`the list of ${source} is being synced by another process now`, {
    hint: t`When it is done: camp blocklist stats`,
  })
}

/** The options that decide a list's effect. */
function settingsOf({ purpose, preset, replace, only, map, encoding, delimiter, sheet }: ListRequest): string {
  const named = { ...(sheet !== null && { sheet }), ...(preset !== null && { preset }) }
  return JSON.stringify({ purpose, replace, only, map: Object.entries(map).sort(), encoding, delimiter, ...named })
}

/** @throws CampError DATA: no entries; with `replace` an empty list is allowed */
function assertNamesSomebody(
  file: string,
  { rows, refused, named, refusals }: ListReading,
  request: ListRequest,
): void {
  if (named > 0 || (rows === 0 && request.replace)) return
  throw emptyList(file, { refused, refusals })
}

function wouldShrink(file: string, source: string, { removed, held }: Delta): CampError {
  return new CampError(
    'LIST_WOULD_SHRINK',
    t`${file} would remove ${numberText(removed)} of the ${numberText(held)} entries of ${source}`,
    {
      hint: t`Check that it is complete. The blocklist is unchanged; if the removal is intended: --allow-shrink`,
    },
  )
}

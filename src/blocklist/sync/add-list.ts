import { cancelledBy } from '../../database/cancel.ts'
import { type Tx, transaction, withoutTimeLimits } from '../../database/pool.ts'
import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import { recordAudit } from '../../security/audit-log.ts'
import { assertUnchanged } from '../../tabular/inspect.ts'
import { otherSheetsOf } from '../../tabular/other-sheets.ts'
import { BY_HAND } from '../by-hand.ts'
import { addStaged, openStaging } from './apply-difference.ts'
import { type Fetched, fetchList } from './fetch-list.ts'
import { parseLocation } from './location.ts'
import { emptyList, type ListReading, newReading, readList } from './read-list.ts'
import type { ListRequest, RefusedRow, SyncDeps } from './request.ts'

/** A list that a user adds to the entries made by hand. */
export interface ListAddition
  extends Pick<ListRequest, 'purpose' | 'only' | 'map' | 'mostBytes' | 'rejects' | 'overwrite'> {
  /** A path, or "-" for standard input. */
  file: string
  /** For rows without a reason of their own. */
  reason: string | null
  userId: string
}

export interface ListAdded {
  rows: number
  refused: number
  ambiguous: number
  /** Distinct ones in the list. */
  phones: number
  documents: number
  /** New entries. */
  added: number
  /** The first refused rows. */
  refusals: RefusedRow[]
  rejects: { file: string; rows: number } | null
  otherSheets: readonly string[]
  notes: readonly string[]
}

/**
 * Adds the phones and documents of a list to the entries made by hand, in one transaction: after an error the blocklist is
 * unchanged. Rows that cannot be read are reported, and do not keep the others from being blocked.
 * @throws CampError as `syncBlocklist`, whose reader it uses
 */
export async function addList(deps: SyncDeps, addition: ListAddition): Promise<ListAdded> {
  const kept: { fetched: Fetched | null; reading: ListReading } = { fetched: null, reading: newReading() }
  try {
    const fetched = await fetchOnly(deps, addition)
    kept.fetched = fetched
    const result = await transaction(deps.pool, tx =>
      cancelledBy(deps.signal, deps.pool, tx, async () => {
        await kept.reading.rejects?.discard()
        kept.reading = newReading()
        return addIn(tx, deps, addition, fetched, kept.reading)
      }),
    )
    await kept.reading.rejects?.publish()
    return result
  } catch (error) {
    if (!deps.signal.aborted) throw error
    throw new CampError('INTERRUPTED', t`the addition was interrupted`, {
      hint: t`The blocklist is unchanged.`,
      cause: deps.signal.reason,
    })
  } finally {
    await kept.reading.rejects?.discard()
    await kept.fetched?.remove()
  }
}

async function fetchOnly(deps: SyncDeps, addition: ListAddition): Promise<Fetched> {
  const location = parseLocation(addition.file)
  if (location.kind === 'URL') {
    throw new CampError('INVALID_ARGUMENT', t`--file names a file or -, not a URL`, {
      hint: t`For the list at a URL: camp blocklist sync URL --source NAME`,
    })
  }
  return (await fetchList(deps, readingOf(addition), location, undefined)) as Fetched
}

async function addIn(
  tx: Tx,
  deps: SyncDeps,
  addition: ListAddition,
  { source }: Fetched,
  reading: ListReading,
): Promise<ListAdded> {
  await withoutTimeLimits(tx)
  const staging = await openStaging(tx)
  try {
    await readList(deps, readingOf(addition), source, staging, reading)
    await staging.end()
  } catch (error) {
    await staging.abort()
    throw error
  }
  await assertUnchanged(source)
  if (reading.named === 0) throw emptyList(source.file, reading)
  const { reason, purpose, userId } = addition
  const counts = await addStaged(tx, { source: BY_HAND, reason, purpose })
  const { rows, refused, ambiguous, refusals, rejects } = reading
  // A disk error must come before the commit.
  await rejects?.seal()
  await recordAudit(tx, {
    userId,
    action: 'blocklist.add',
    subject: 'Blocklist',
    subjectId: source.file,
    detail: { file: source.file, sha256: source.sha256, reason, source: BY_HAND, purpose, rows, refused, ...counts },
  })
  deps.signal.throwIfAborted()
  return {
    ...{ rows, refused, ambiguous, ...counts, refusals },
    rejects: rejects && { file: rejects.path, rows: rejects.rows },
    otherSheets: otherSheetsOf(source),
    notes: source.notes,
  }
}

/** What the reader of lists takes; an addition is read as a sync without `replace`. */
function readingOf(addition: ListAddition): ListRequest {
  return {
    ...addition,
    from: addition.file,
    source: BY_HAND,
    preset: null,
    replace: false,
    allowShrink: false,
    refetch: false,
    encoding: null,
    delimiter: null,
    sheet: null,
  }
}

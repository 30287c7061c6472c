import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import type { Row } from '../../tabular/csv.ts'
import type { Inspection } from '../../tabular/inspect.ts'
import { withOtherSheets } from '../../tabular/other-sheets.ts'
import { openRecords } from '../../tabular/records.ts'
import { RejectsFile } from '../../tabular/rejects-file.ts'
import type { openStaging } from './apply-difference.ts'
import { listColumns } from './list-columns.ts'
import { bindingOf, withinPreset } from './preset.ts'
import { judgeRow } from './read-entry.ts'
import type { ListRequest, RefusedRow, SyncDeps } from './request.ts'
import type { Judged, ListColumns } from './types.ts'

/** Figures of a reading. */
export interface ListReading {
  rows: number
  refused: number
  ambiguous: number
  /** Rows whose entries do not bind yet (preset.ts); they are not among the blocked. */
  waiting: number
  /** With a preset: rows whose entries bind at once for want of a date that can be read, and the line of the first. */
  undated: number
  firstUndated: number | null
  /** Entries, repetitions included. */
  named: number
  refusals: RefusedRow[]
  /** Created once the header is known; the caller finishes or discards it. */
  rejects: RejectsFile | null
}

export function newReading(): ListReading {
  return {
    rows: 0,
    refused: 0,
    ambiguous: 0,
    waiting: 0,
    undated: 0,
    firstUndated: null,
    named: 0,
    refusals: [],
    rejects: null,
  }
}

/** The error about a list that names no phone and no document. */
export function emptyList(
  file: string,
  { refused, refusals: [first] }: Pick<ListReading, 'refused' | 'refusals'>,
): CampError {
  return new CampError(
    'LIST_EMPTY',
    first ? t`${file}: none of its ${refused} rows has a phone or a document` : t`${file} has no entry`,
    {
      hint: first
        ? t`Line ${first.line}: ${first.detail}. Check that it is the right file. The blocklist is unchanged.`
        : t`To remove all entries of a source: a list with only its header, --replace and --allow-shrink.`,
    },
  )
}

const SHOWN_REFUSALS = 20
/**
 * Reads a list to its end and stages its entries. Memory use does not depend on its length.
 * @throws CampError DATA: the file is broken or no list
 */
export async function readList(
  { signal, onProgress, clock }: SyncDeps,
  request: ListRequest,
  source: Inspection,
  staging: Awaited<ReturnType<typeof openStaging>>,
  reading: ListReading,
): Promise<void> {
  const records = await openRecords(source, signal)
  try {
    const first: Row = { line: records.headerLine, cells: [...records.header] }
    const columns = columnsIn(source, first, request)
    const { headers } = columns
    const { rejects: file, overwrite = false } = request
    if (file !== null) reading.rejects = await RejectsFile.create({ file, overwrite }, source, { headers })
    const take = async (rows: readonly Row[]) => {
      signal.throwIfAborted()
      const now = clock.now()
      const judged = rows.map(row => ({
        row,
        binding: bindingOf(columns.date === undefined ? undefined : row.cells[columns.date], request.preset, now),
        ...withDoubt(row, withinPreset(judgeRow(row.cells, columns, request.only), request.preset)),
      }))
      const inForce = judged.filter(({ binding }) => binding !== 'LATER')
      await staging.add(inForce.map(({ row, named }) => ({ line: row.line, named, reason: reasonIn(row, columns) })))
      await count(reading, judged, columns, source)
      onProgress?.(reading.rows)
    }
    if (!columns.named) await take([first])
    for await (const rows of records.rows) await take(rows)
  } finally {
    await records.close()
  }
}

function columnsIn(source: Inspection, first: Row, { map, only }: ListRequest): ListColumns {
  try {
    return listColumns(source.file, first, map, only)
  } catch (error) {
    throw withOtherSheets(source, error)
  }
}

/** The entries of a doubtful row are blocked and the row is reported: it may name others. */
function withDoubt({ doubt }: Row, judged: Judged): Judged {
  return doubt ? { ...judged, problem: { code: 'BAD_ROW', detail: doubt.detail } } : judged
}

function reasonIn({ cells }: Row, { reason }: ListColumns): string | null {
  return (reason !== undefined && cells[reason]?.trim().slice(0, LONGEST_REASON)) || null
}

const LONGEST_REASON = 500

async function count(
  reading: ListReading,
  judged: readonly (Judged & { row: Row; binding: ReturnType<typeof bindingOf> })[],
  columns: ListColumns,
  source: Inspection,
): Promise<void> {
  const refused = []
  for (const { row, named, problem, ambiguous, binding } of judged) {
    reading.rows++
    reading.named += named.length
    if (ambiguous) reading.ambiguous++
    if (named.length > 0 && binding === 'LATER') reading.waiting++
    if (named.length > 0 && binding === 'UNDATED') {
      reading.undated++
      reading.firstUndated ??= row.line
    }
    if (!problem) continue
    reading.refused++
    if (reading.refusals.length < SHOWN_REFUSALS) reading.refusals.push({ line: row.line, ...problem })
    const cells = columns.values === 'ALL' ? [row.cells.join(source.delimiter)] : row.cells
    refused.push({ row: { line: row.line, cells }, refusal: problem })
  }
  if (refused.length > 0) await reading.rejects?.add(refused)
}

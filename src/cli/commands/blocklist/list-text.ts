import type { RefusedRow } from '../../../blocklist/sync/request.ts'
import { storedText } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import type { Block, Human } from '../../blocks.ts'
import type { Context } from '../../context.ts'
import { table } from '../../table.ts'
import { number } from '../campaign/text.ts'

/** What is said while a list is read, and about what was read. */

const SAY_EVERY = 1_000_000

export function progressOf({ out }: Context): (rows: number) => void {
  let next = SAY_EVERY
  return rows => {
    if (rows < next) return
    out.talk(t`${number(rows)} rows read…`)
    next = rows - (rows % SAY_EVERY) + SAY_EVERY
  }
}

interface ReadList {
  refused: number
  ambiguous: number
  otherSheets: readonly string[]
  notes: readonly string[]
}

export function warnOfList({ out }: Context, { refused, ambiguous, otherSheets, notes }: ReadList): void {
  if (otherSheets.length > 0)
    out.warn(t`only one sheet is read; also with rows: ${otherSheets.join(', ')} (choose one with --sheet NAME)`)
  for (const note of notes) out.warn(t`the list: ${storedText(note)}`)
  if (refused > 0) out.warn(t`${number(refused)} rows could not be read completely`)
  if (ambiguous > 0)
    out.warn(
      t`${number(ambiguous)} rows may be a phone or a document: both are blocked. If the list contains only one kind: --type`,
    )
}

/** The counts of a list, and its first refused rows. */
export function withRefusals(counts: Block, refusals: readonly RefusedRow[]): Human {
  if (refusals.length === 0) return counts
  return [
    counts,
    '',
    table(refusals, [
      { title: t`LINE`, value: row => String(row.line), align: 'right' },
      { title: t`REASON`, value: row => row.code },
      { title: t`DETAIL`, value: row => storedText(row.detail) },
    ]),
  ]
}

import type { Entry } from '../../../blocklist/blocklist.ts'
import { type EntryFilter, entryPages, listEntries, recordExport } from '../../../blocklist/entries.ts'
import { parsePurpose } from '../../../blocklist/purpose.ts'
import { BLOCKLIST_COLUMNS, blocklistRows } from '../../../export/blocklist-table.ts'
import { t } from '../../../language/text.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { wantsFile, writeResult } from '../../table-target.ts'
import { entryColumns } from './columns.ts'
import type * as commands from './index.ts'

export async function list(context: Context, options: OptionsOf<typeof commands.list>): Promise<void> {
  await context.actor()
  const filter = filterOf(options)
  const { limit, after } = options
  const page = await listEntries(await context.pool(), filter, { limit, after })
  context.out.list(
    page.entries,
    [
      ...entryColumns(context.config.timezone),
      { title: t`ID`, value: (entry: Entry) => entry.id, spare: true as const },
    ],
    t`No matching entries.`,
    page,
  )
  if (page.next !== null) context.out.talk(t`More, with the same options: --after ${page.next}`)
}

export async function exportEntries(
  context: Context,
  options: OptionsOf<typeof commands.exportEntries>,
): Promise<void> {
  wantsFile(options, context.out)
  const actor = await context.admin()
  const pool = await context.pool()
  const filter = filterOf(options)
  await recordExport(pool, actor, filter)
  const pages = blocklistRows(entryPages(pool, filter))
  await writeResult(context, options, { what: 'entries', columns: BLOCKLIST_COLUMNS, pages })
}

function filterOf({ source, purpose, type }: EntryFilter): EntryFilter {
  return { source, type, purpose: purpose === undefined ? undefined : parsePurpose('--purpose', purpose) }
}

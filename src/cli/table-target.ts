import { CampError } from '../errors.ts'
import { type Pages, writeTable } from '../export/table-file.ts'
import { numberText } from '../language/format.ts'
import { t } from '../language/text.ts'
import type { TableColumn } from '../tabular/write/cells.ts'
import { openCsv } from '../tabular/write/csv-writer.ts'
import type { Context } from './context.ts'

/** The options of a command that can write its result to a file. */
export interface TableOptions {
  csv?: string | undefined
  xlsx?: string | undefined
  plain?: true | undefined
  overwrite?: true | undefined
}

/** Whether the result goes to a file. @throws CampError USAGE if the options contradict each other */
export function wantsFile({ csv, xlsx, plain, overwrite }: TableOptions, { json }: { json: boolean }): boolean {
  if (csv !== undefined && xlsx !== undefined)
    throw conflict(t`--csv and --xlsx write different files: give one of them`)
  if (plain && csv === undefined) throw conflict(t`--plain belongs to --csv`)
  if (overwrite && (csv ?? xlsx) === undefined) throw conflict(t`--overwrite belongs to --csv or --xlsx`)
  if (csv === '-' && json) throw conflict(t`--csv - and --json both write to stdout: give one of them`)
  if (xlsx === '-') throw new CampError('INVALID_ARGUMENT', t`a workbook is not written to stdout: name a file`)
  return (csv ?? xlsx) !== undefined
}

function conflict(message: string): CampError {
  return new CampError('OPTIONS_CONFLICT', message)
}

/**
 * Writes a result to the file of --csv or --xlsx, or to stdout for --csv -.
 * @param what names the rows, and the sheet
 * @throws CampError as `writeTable` does
 */
export async function writeResult(
  context: Context,
  options: TableOptions,
  { what, columns, pages }: { what: Rows; columns: readonly TableColumn[]; pages: Pages },
): Promise<void> {
  const { out, config } = context
  const form = options.plain ? 'plain' : 'excel'
  if (options.csv === '-') {
    const writer = await openCsv(columns, text => out.content(text), { form, timezone: config.timezone })
    for await (const page of pages) await writer.add(page)
    return writer.end()
  }
  const named = (options.csv ?? options.xlsx)!
  const rows = await writeTable(
    {
      file: await context.outputFile(named),
      type: options.xlsx === undefined ? form : 'xlsx',
      overwrite: options.overwrite ?? false,
      timezone: config.timezone,
      sheet: what,
    },
    columns,
    pages,
  )
  out.result({ file: named, rows }, writtenText(what, rows, named))
}

/** What a table's rows are; also the name of its sheet. */
type Rows = 'leads' | 'report rows' | 'audit entries' | 'entries'

function writtenText(what: Rows, rows: number, file: string): string {
  const count = numberText(rows)
  switch (what) {
    case 'leads':
      return rows === 1 ? t`1 lead written to ${file}.` : t`${count} leads written to ${file}.`
    case 'report rows':
      return rows === 1 ? t`1 report row written to ${file}.` : t`${count} report rows written to ${file}.`
    case 'audit entries':
      return rows === 1 ? t`1 audit entry written to ${file}.` : t`${count} audit entries written to ${file}.`
    case 'entries':
      return rows === 1 ? t`1 entry written to ${file}.` : t`${count} entries written to ${file}.`
  }
}

import type { Entry } from '../blocklist/blocklist.ts'
import type { CellValue, TableColumn } from '../tabular/write/cells.ts'
import type { Pages } from './table-file.ts'

type EntryColumn = TableColumn & { title: keyof Entry; value: (entry: Entry) => CellValue }

/** With names that the reader of lists knows: an exported file can be added and synced again. */
export const BLOCKLIST_COLUMNS: readonly EntryColumn[] = [
  { title: 'phone', kind: 'digits', value: entry => entry.phone },
  { title: 'cpf_cnpj', kind: 'digits', value: entry => entry.cpf_cnpj },
  { title: 'reason', kind: 'text', value: entry => entry.reason },
  { title: 'source', kind: 'text', value: entry => entry.source },
  { title: 'purpose', kind: 'text', value: entry => entry.purpose },
  { title: 'created_at', kind: 'time', value: entry => entry.created_at },
]

export async function* blocklistRows(pages: AsyncIterable<readonly Entry[]>): Pages {
  for await (const page of pages) yield page.map(entry => BLOCKLIST_COLUMNS.map(column => column.value(entry)))
}

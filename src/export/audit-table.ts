import type { AuditView } from '../security/audit-trail.ts'
import type { CellValue, TableColumn } from '../tabular/write/cells.ts'
import type { Pages } from './table-file.ts'

type AuditColumn = TableColumn & { title: keyof AuditView; value: (event: AuditView) => CellValue }

/** With the names of --json. */
export const AUDIT_COLUMNS: readonly AuditColumn[] = [
  { title: 'id', kind: 'text', value: event => event.id },
  { title: 'at', kind: 'time', value: event => event.at },
  { title: 'by', kind: 'text', value: event => event.by },
  { title: 'via', kind: 'text', value: event => event.via },
  { title: 'action', kind: 'text', value: event => event.action },
  { title: 'subject', kind: 'text', value: event => event.subject },
  { title: 'subject_id', kind: 'text', value: event => event.subject_id },
  { title: 'on', kind: 'text', value: event => event.on },
  { title: 'detail', kind: 'text', value: event => (event.detail === null ? null : JSON.stringify(event.detail)) },
]

export async function* auditRows(pages: AsyncIterable<readonly AuditView[]>): Pages {
  for await (const page of pages) yield page.map(event => AUDIT_COLUMNS.map(column => column.value(event)))
}

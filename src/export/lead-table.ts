import type { LeadView } from '../campaign/read/leads.ts'
import type { CellValue, TableColumn } from '../tabular/write/cells.ts'
import type { Pages } from './table-file.ts'

type LeadColumn = TableColumn & { title: keyof LeadView | 'fish'; value: (lead: LeadView) => CellValue }

/** With the names of --json, so that a file and a program's document have the same words. */
export const LEAD_COLUMNS: readonly LeadColumn[] = [
  { title: 'source_line', kind: 'count', value: lead => lead.source_line },
  { title: 'phone', kind: 'digits', value: lead => lead.phone },
  { title: 'nome', kind: 'text', value: lead => lead.nome },
  { title: 'cpf_cnpj', kind: 'digits', value: lead => lead.cpf_cnpj },
  { title: 'idcob_contrato', kind: 'digits', value: lead => lead.idcob_contrato },
  { title: 'status', kind: 'text', value: lead => lead.status },
  { title: 'error_code', kind: 'text', value: lead => lead.error_code },
  { title: 'error_message', kind: 'text', value: lead => lead.error_message },
  { title: 'sent_at', kind: 'time', value: lead => lead.sent_at },
  { title: 'delivered_at', kind: 'time', value: lead => lead.delivered_at },
  { title: 'read_at', kind: 'time', value: lead => lead.read_at },
  { title: 'provider_msg_id', kind: 'digits', value: lead => lead.provider_msg_id },
  { title: 'fish', kind: 'text', value: lead => (lead.is_fish ? 'fish' : null) },
  { title: 'erased_at', kind: 'time', value: lead => lead.erased_at },
]

export async function* leadRows(pages: AsyncIterable<readonly LeadView[]>): Pages {
  for await (const page of pages) yield page.map(lead => LEAD_COLUMNS.map(column => column.value(lead)))
}

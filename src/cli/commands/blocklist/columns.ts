import type { Entry } from '../../../blocklist/blocklist.ts'
import type { Column } from '../../table.ts'
import { time } from '../campaign/text.ts'

/** The columns of a table of entries. */
export const entryColumns = (timezone: string): readonly Column<Entry>[] => [
  { title: 'PHONE', value: entry => entry.phone ?? '' },
  { title: 'DOCUMENT', value: entry => entry.cpf_cnpj ?? '' },
  { title: 'SOURCE', value: entry => entry.source },
  { title: 'BINDS', value: entry => entry.purpose ?? 'everything' },
  { title: 'REASON', value: entry => entry.reason ?? '', shrinks: true },
  { title: 'SINCE', value: entry => time(entry.created_at, timezone) },
]

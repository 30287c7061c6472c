import type { Entry } from '../../../blocklist/blocklist.ts'
import { storedOrNull } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import type { Column } from '../../table.ts'
import { time } from '../campaign/text.ts'

/** The columns of a table of entries. */
export const entryColumns = (timezone: string): readonly Column<Entry>[] => [
  { title: t`PHONE`, value: entry => entry.phone ?? '' },
  { title: t`DOCUMENT`, value: entry => entry.cpf_cnpj ?? '' },
  { title: t`SOURCE`, value: entry => entry.source },
  { title: t`BINDS`, value: entry => entry.purpose ?? t`everything` },
  { title: t`REASON`, value: entry => storedOrNull(entry.reason) ?? '', shrinks: true },
  { title: t`SINCE`, value: entry => time(entry.created_at, timezone) },
]

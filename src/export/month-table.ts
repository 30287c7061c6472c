import type { MonthFigures, MonthOfCampaign, MonthOfWallet, MonthReport } from '../campaign/read/month-report.ts'
import type { CellValue, TableColumn } from '../tabular/write/cells.ts'
import type { Pages } from './table-file.ts'

type Column<Row> = TableColumn & { value: (row: Row) => CellValue }

const FIGURES: readonly Column<MonthFigures>[] = [
  { title: 'rows', kind: 'count', value: row => row.rows },
  { title: 'accepted', kind: 'count', value: row => row.accepted },
  { title: 'delivered', kind: 'count', value: row => row.delivered },
  { title: 'delivered_share', kind: 'share', value: row => share(row.delivered, row.accepted) },
  { title: 'read', kind: 'count', value: row => row.read },
  { title: 'read_share', kind: 'share', value: row => share(row.read, row.delivered) },
  { title: 'in_doubt', kind: 'count', value: row => row.in_doubt },
  { title: 'billed', kind: 'count', value: row => row.billed },
  { title: 'spent', kind: 'money', value: row => row.spent },
]

const WALLETS: readonly Column<MonthOfWallet>[] = [
  { title: 'wallet', kind: 'text', value: row => row.wallet },
  { title: 'campaigns', kind: 'count', value: row => row.campaigns },
  ...FIGURES,
  { title: 'adjusted', kind: 'money', value: row => row.adjusted },
  { title: 'limit', kind: 'money', value: row => row.limit },
]

const CAMPAIGNS: readonly Column<MonthOfCampaign>[] = [
  { title: 'wallet', kind: 'text', value: row => row.wallet },
  { title: 'campaign', kind: 'text', value: row => row.agendamento_id },
  { title: 'name', kind: 'text', value: row => row.name },
  { title: 'broker', kind: 'text', value: row => row.broker },
  ...FIGURES,
]

/** Of delivered in accepted, and read in delivered; to a tenth of a per cent. null: nothing to divide by. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 1_000) / 1_000
}

/** The report as a table for a file: a row for each wallet, or for each campaign. */
export function monthTable(
  { month, wallets, campaigns }: MonthReport,
  byCampaign: boolean,
): { columns: readonly TableColumn[]; pages: Pages } {
  return byCampaign ? tableOf(month, CAMPAIGNS, campaigns) : tableOf(month, WALLETS, wallets)
}

function tableOf<Row>(month: string, columns: readonly Column<Row>[], rows: readonly Row[]) {
  return {
    columns: [MONTH, ...columns],
    pages: (async function* () {
      yield rows.map(row => [month, ...columns.map(column => column.value(row))])
    })(),
  }
}

const MONTH: TableColumn = { title: 'month', kind: 'text' }

import { moneyOf, shortMoney } from '../../../budget/money.ts'
import { parseMonth } from '../../../budget/month.ts'
import {
  type MonthFigures,
  type MonthOfCampaign,
  type MonthOfWallet,
  type MonthReport,
  monthReport,
} from '../../../campaign/read/month-report.ts'
import { findWallet } from '../../../catalog/find.ts'
import { CampError } from '../../../errors.ts'
import { monthTable, share } from '../../../export/month-table.ts'
import { fixedText, numberText } from '../../../language/format.ts'
import { t } from '../../../language/text.ts'
import { monthOf } from '../../../time/local-day.ts'
import type { Human } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { type Column, table } from '../../table.ts'
import { wantsFile, writeResult } from '../../table-target.ts'
import type * as commands from './index.ts'

/** Ends with exit code 6 if the books do not agree, after the report is printed or written. */
export async function report(context: Context, options: OptionsOf<typeof commands.report>): Promise<void> {
  const isFile = wantsFile(options, context.out)
  const { timezone } = context.config
  const month = options.month === undefined ? monthOf(context.clock.now(), timezone) : parseMonth(options.month)
  await context.actor()
  const wallet = options.wallet === undefined ? null : await findWallet(await context.prisma(), options.wallet)
  const told = await monthReport(await context.pool(), { month, timezone, walletId: wallet?.id ?? null })
  const byCampaign = options.campaigns ?? false
  if (isFile) await writeResult(context, options, { what: 'report rows', ...monthTable(told, byCampaign) })
  else context.out.result(told, () => monthText(told, byCampaign, timezone))
  if (told.books_agree) return
  throw new CampError(
    'BUDGET_AUDIT_FAILED',
    t`the ledger, the used budget and the leads of ${told.month} do not agree`,
    {
      hint: t`See the differences: camp budget audit`,
    },
  )
}

function monthText(told: MonthReport, byCampaign: boolean, timezone: string): Human {
  const head = `${told.month} (${timezone})`
  if (told.wallets.length === 0) return [head, t`No wallet has a budget or sent a message in this month.`]
  return [
    head,
    '',
    table(told.wallets, walletColumns(told.wallets)),
    ...(byCampaign && told.campaigns.length > 0 ? ['', table(told.campaigns, campaignColumns())] : []),
    '',
    ...(told.books_agree ? [t`Ledger, used budget and leads agree.`] : []),
  ]
}

const count = (title: string, value: (row: MonthFigures) => number) => ({
  title,
  value: (row: MonthFigures) => numberText(value(row)),
  align: 'right' as const,
})

const rate = (title: string, value: (row: MonthFigures) => number | null) => ({
  title,
  value: (row: MonthFigures) => percent(value(row)),
  align: 'right' as const,
})

const figureColumns = (): Column<MonthFigures>[] => [
  count(t`ROWS`, row => row.rows),
  count(t`ACCEPTED`, row => row.accepted),
  rate(t`DELIVERED`, row => share(row.delivered, row.accepted)),
  rate(t`READ`, row => share(row.read, row.delivered)),
  count(t`DOUBT`, row => row.in_doubt),
  { title: t`SPENT`, value: row => shortMoney(row.spent), align: 'right' },
]

/** Adjustments are rare: their column is there where a wallet has one. */
function walletColumns(wallets: readonly MonthOfWallet[]): Column<MonthOfWallet>[] {
  const isAdjusted = wallets.some(({ adjusted }) => moneyOf(adjusted) !== 0n)
  return [
    { title: t`WALLET`, value: row => row.wallet, shrinks: true },
    { title: t`CAMPAIGNS`, value: row => String(row.campaigns), align: 'right' },
    ...figureColumns(),
    ...(isAdjusted
      ? [{ title: t`ADJUSTED`, value: (row: MonthOfWallet) => shortMoney(row.adjusted), align: 'right' as const }]
      : []),
    { title: t`LIMIT`, value: row => (row.limit === null ? t`none` : shortMoney(row.limit)), align: 'right' },
  ]
}

const campaignColumns = (): Column<MonthOfCampaign>[] => [
  { title: t`CAMPAIGN`, value: row => row.agendamento_id },
  { title: t`NAME`, value: row => row.name, shrinks: true },
  ...figureColumns(),
]

function percent(part: number | null): string {
  return part === null ? '-' : `${fixedText(part * 100, 1)}%`
}

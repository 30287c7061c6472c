import { formatMonth } from '../../../budget/month.ts'
import { CampError } from '../../../errors.ts'
import { storedText } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import { importLegacy, type LegacyResult } from '../../../legacy/import.ts'
import type { Reject, TableCount } from '../../../legacy/tally.ts'
import type { Human } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { parsePairs } from '../../parse-pairs.ts'
import { table } from '../../table.ts'
import { number } from '../campaign/text.ts'
import type * as commands from './index.ts'

type Options = OptionsOf<typeof commands.importLegacy>

export async function importOld(context: Context, from: string, options: Options): Promise<void> {
  const actor = await context.admin()
  assertPrefix(options.prefix)
  const result = await importLegacy(
    {
      pool: await context.pool(),
      prisma: await context.prisma(),
      keys: await context.keys(),
      clock: context.clock,
      timezone: context.config.timezone,
      signal: context.signal,
      onProgress: progressOf(context),
    },
    {
      from,
      password: context.config.legacyPassword,
      prefix: options.prefix,
      brokers: parsePairs('--broker', options.broker ?? []),
      idgis: numbersOf(options.idgis ?? []),
      doubleEncoded: options.doubleEncoded ?? false,
      dryRun: options.dryRun ?? false,
      rejects: options.rejects === undefined ? null : { file: options.rejects, overwrite: options.overwrite ?? false },
      userId: actor.id,
    },
  )
  const refused = result.tables.reduce((sum, one) => sum + one.refused, 0)
  if (refused > 0)
    context.out.warn(
      result.rejects
        ? t`${number(refused)} rows were refused`
        : t`${number(refused)} rows were refused: --rejects FILE lists them`,
    )
  context.out.result(viewOf(result), () => textOf(result))
  if (result.dryRun) context.out.talk(t`Nothing was written: this was a dry run.`)
}

function assertPrefix(prefix: string): void {
  if (/^\w{0,60}$/.test(prefix)) return
  throw new CampError('INVALID_ARGUMENT', t`--prefix "${prefix}" is not the beginning of a table's name`)
}

function numbersOf(pairs: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(parsePairs('--idgis', pairs)).map(([carteira, text]) => {
      if (/^[1-9]\d{0,8}$/.test(text)) return [carteira, Number(text)]
      throw new CampError('INVALID_ARGUMENT', t`--idgis ${carteira}=${text}: an idgis number is a whole number above 0`)
    }),
  )
}

const SAY_EVERY = 100_000

function progressOf({ out }: Context): (rows: number) => void {
  let next = SAY_EVERY
  return rows => {
    if (rows < next) return
    out.talk(t`${number(rows)} messages read…`)
    next = rows - (rows % SAY_EVERY) + SAY_EVERY
  }
}

function viewOf({ from, dryRun, tables, campaigns, used, refusals, rejects }: LegacyResult) {
  const spent = used.map(({ wallet, year, month, amount, messages }) => ({ wallet, year, month, amount, messages }))
  return { from, dry_run: dryRun, tables, campaigns, used: spent, refusals, rejects }
}

function textOf({ tables, campaigns, used, refusals, rejects, dryRun }: LegacyResult): Human {
  const counts = table(tables, [
    { title: t`TABLE`, value: (row: TableCount) => row.table },
    { title: t`READ`, value: row => number(row.read), align: 'right' },
    { title: dryRun ? t`WOULD TAKE` : t`TAKEN`, value: row => number(row.taken), align: 'right' },
    { title: t`ALREADY`, value: row => number(row.already), align: 'right' },
    { title: t`REFUSED`, value: row => number(row.refused), align: 'right' },
    { title: t`REASONS`, value: row => reasonsOf(row) },
  ])
  const lines: Human[] = [counts, '', t`Archived campaigns, new: ${number(campaigns)}`]
  for (const { wallet, year, month, amount, messages } of used)
    lines.push(
      t`Used by the old system: ${wallet} ${formatMonth({ year, month })}: ${amount} (${number(messages)} messages)`,
    )
  if (rejects) lines.push(t`Rejects: ${number(rejects.rows)} rows in ${rejects.file}`)
  if (refusals.length > 0) {
    const columns = [
      { title: t`TABLE`, value: (row: Reject) => row.table },
      { title: t`ID`, value: (row: Reject) => row.id },
      { title: t`REASON`, value: (row: Reject) => row.code },
      { title: t`DETAIL`, value: (row: Reject) => storedText(row.detail) },
    ]
    lines.push('', table(refusals, columns))
  }
  return lines.flat()
}

function reasonsOf({ reasons }: TableCount): string {
  return Object.entries(reasons)
    .map(([code, rows]) => `${code} ${number(rows)}`)
    .join(', ')
}

import { addHoliday, ownHolidays, parseHoliday, parseState, removeHoliday } from '../../../calendar/custom-holidays.ts'
import { isNationalHoliday } from '../../../calendar/national-holidays.ts'
import { STATE_LAWS, type StateLaw } from '../../../calendar/state-laws.ts'
import { type YearDay, yearDays } from '../../../calendar/year-calendar.ts'
import { formatWeek } from '../../../campaign-settings/state-laws.ts'
import { dateText, daysText } from '../../../language/format.ts'
import { currentLanguage, t } from '../../../language/text.ts'
import { localTime } from '../../../time/local-time.ts'
import { fields, spaced } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { confirm } from '../../prompt.ts'
import type { Column } from '../../table.ts'
import type * as commands from './index.ts'

export async function add(context: Context, text: string, options: OptionsOf<typeof commands.add>): Promise<void> {
  const actor = await context.admin()
  const day = parseHoliday(text)
  const state = options.state === undefined ? '' : parseState(options.state)
  const added = await addHoliday(await context.pool(), actor.id, { day, state, name: options.name ?? null })
  if (day.length > 'MM-DD'.length && isNationalHoliday(day)) context.out.warn(t`${day} is already a national holiday`)
  const what = state ? t`${day} in ${state}` : day
  context.out.result({ added, ...viewOf({ day, state }), name: options.name ?? null }, () =>
    added ? t`No messages are sent on ${what}.` : t`${what} was already in the calendar.`,
  )
}

export async function remove(
  context: Context,
  text: string,
  options: OptionsOf<typeof commands.remove>,
): Promise<void> {
  const actor = await context.admin()
  const day = parseHoliday(text)
  const state = options.state === undefined ? '' : parseState(options.state)
  const what = state ? t`${day} in ${state}` : day
  await confirm(context, t`Allow contact on ${what} again?`)
  const removed = await removeHoliday(await context.pool(), actor.id, { day, state })
  context.out.result({ removed: true, ...viewOf(removed), name: removed.name }, t`Removed ${what} from the calendar.`)
}

function viewOf({ day, state }: { day: string; state: string }) {
  return { day, state: state || null, yearly: day.length === 'MM-DD'.length }
}

export async function list(
  context: Context,
  chosen: number | undefined,
  options: OptionsOf<typeof commands.list>,
): Promise<void> {
  await context.actor()
  const today = localTime(context.config.timezone, context.clock.now().getTime()).day
  const year = chosen ?? Number(today.slice(0, 4))
  const days = yearDays(year, await ownHolidays(await context.pool()))
  context.out.list(options.all ? days : days.filter(({ off }) => off), columns(), t`No holidays.`)
}

const columns = (): readonly Column<YearDay>[] => [
  { title: t`DAY`, value: row => dateText(row.day) },
  { title: t`WEEKDAY`, value: row => weekdayText(row.day) },
  { title: t`WHERE`, value: row => row.state ?? t`Brazil` },
  { title: t`NAME`, value: row => row.name ?? '' },
  { title: t`FROM`, value: row => (row.yearly ? t`${originText(row.origin)}, every year` : originText(row.origin)) },
  { title: t`CONTACT`, value: row => (row.off ? t`no` : t`yes`) },
]

function weekdayText(day: string): string {
  const zone = { weekday: 'short', timeZone: 'UTC' } as const
  return new Date(`${day}T00:00:00Z`).toLocaleDateString(currentLanguage(), zone).replace('.', '').toLowerCase()
}

function originText(origin: YearDay['origin']): string {
  return { national: t`national`, own: t`own`, optional: t`optional`, state: t`state` }[origin]
}

function textsText(named: StateLaw['texts']): string {
  return { yes: t`yes`, no: t`no`, unknown: t`unknown` }[named]
}

export async function laws(context: Context): Promise<void> {
  const views = STATE_LAWS.map(({ week, caveat, ...law }) => ({
    ...law,
    caveat: caveat(),
    hours: formatWeek(week),
    holidays: false,
  }))
  context.out.result(views, () =>
    spaced([
      ...views.map(view =>
        fields([
          [view.state, view.law],
          [`  ${t`hours`}`, t`${daysText(view.hours)}; no holidays`],
          [`  ${t`texts`}`, textsText(view.texts)],
          [`  ${t`caveat`}`, view.caveat],
          [`  ${t`source`}`, view.source],
        ]),
      ),
      t`They apply only to a campaign imported with --state-laws. They are not legal advice.`,
    ]),
  )
}

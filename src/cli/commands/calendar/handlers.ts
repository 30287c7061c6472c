import { addHoliday, ownHolidays, parseHoliday, parseState, removeHoliday } from '../../../calendar/custom-holidays.ts'
import { isNationalHoliday } from '../../../calendar/national-holidays.ts'
import { STATE_LAWS } from '../../../calendar/state-laws.ts'
import { type YearDay, yearDays } from '../../../calendar/year-calendar.ts'
import { formatWeek } from '../../../campaign-settings/state-laws.ts'
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
  if (day.length > 'MM-DD'.length && isNationalHoliday(day)) context.out.warn(`${day} is already a national holiday`)
  const what = `${day}${state && ` in ${state}`}`
  context.out.result({ added, ...viewOf({ day, state }), name: options.name ?? null }, () =>
    added ? `No messages are sent on ${what}.` : `${what} was already in the calendar.`,
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
  const what = `${day}${state && ` in ${state}`}`
  await confirm(context, `Allow contact on ${what} again?`)
  const removed = await removeHoliday(await context.pool(), actor.id, { day, state })
  context.out.result({ removed: true, ...viewOf(removed), name: removed.name }, `Removed ${what} from the calendar.`)
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
  context.out.list(options.all ? days : days.filter(({ off }) => off), COLUMNS, 'No holidays.')
}

const COLUMNS: readonly Column<YearDay>[] = [
  { title: 'DAY', value: row => row.day },
  { title: 'WEEKDAY', value: row => row.weekday },
  { title: 'WHERE', value: row => row.state ?? 'Brazil' },
  { title: 'NAME', value: row => row.name ?? '' },
  { title: 'FROM', value: row => (row.yearly ? `${row.origin}, every year` : row.origin) },
  { title: 'CONTACT', value: row => (row.off ? 'no' : 'yes') },
]

export async function laws(context: Context): Promise<void> {
  const views = STATE_LAWS.map(({ week, ...law }) => ({ ...law, hours: formatWeek(week), holidays: false }))
  context.out.result(views, () =>
    spaced([
      ...views.map(view =>
        fields([
          [view.state, view.law],
          ['  hours', `${view.hours}; no holidays`],
          ['  texts', view.texts],
          ['  caveat', view.caveat],
          ['  source', view.source],
        ]),
      ),
      'They apply only to a campaign imported with --state-laws. They are not legal advice.',
    ]),
  )
}

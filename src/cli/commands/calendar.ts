import type { YearDay } from '../../calendar/year.ts'
import type { Column } from '../blocks.ts'
import { asks, leaf, type Register } from '../command.ts'
import type { Context } from '../context.ts'
import { nameArgument, wholeNumber } from '../options.ts'

export const register: Register = (program, action) => {
  const calendar = program
    .command('calendar')
    .description('the days on which nobody is contacted: add, remove, list; states’ laws on contact hours: laws')
  leaf(calendar, 'add <day>', 'a day without contact: 2026-12-24 or 24/12/2026; 24/12 is every year’s (ADMIN)')
    .option('--name <name>', 'what it is', nameArgument)
    .option('--state <state>', 'only for the people of one state: SP')
    .action(action(add, { mayCreateDatabase: true }))
  asks(leaf(calendar, 'remove <day>', 'contact people again on a day that was added (ADMIN)'))
    .option('--state <state>', 'the one for this state')
    .action(action(remove))
  leaf(calendar, 'list', 'the holidays of a year: the country’s and our own')
    .argument('[year]', 'without it, the present one', wholeNumber(1900, 2200))
    .option('--all', 'also days on which camp sends: optional ones, and states’ own holidays that were not added')
    .action(action(list))
  leaf(calendar, 'laws', 'what states’ laws say about contact hours, for --state-laws; with their sources').action(
    action(laws),
  )
}

async function add(context: Context, text: string, options: { name?: string; state?: string }): Promise<void> {
  const { addHoliday, parseHoliday, parseState } = await import('../../calendar/own.ts')
  const { isNationalHoliday } = await import('../../calendar/national.ts')
  const actor = await context.admin()
  const day = parseHoliday(text)
  const state = options.state === undefined ? '' : parseState(options.state)
  const added = await addHoliday(await context.pool(), actor.id, { day, state, name: options.name ?? null })
  if (day.length > 'MM-DD'.length && isNationalHoliday(day)) context.out.warn(`${day} is a national holiday anyway`)
  const what = `${day}${state && ` in ${state}`}`
  context.out.result({ added, ...viewOf({ day, state }), name: options.name ?? null }, () =>
    added ? `Nobody is contacted on ${what}.` : `${what} was in the calendar already.`,
  )
}

async function remove(context: Context, text: string, options: { state?: string }): Promise<void> {
  const { parseHoliday, parseState, removeHoliday } = await import('../../calendar/own.ts')
  const { confirm } = await import('../prompt.ts')
  const actor = await context.admin()
  const day = parseHoliday(text)
  const state = options.state === undefined ? '' : parseState(options.state)
  const what = `${day}${state && ` in ${state}`}`
  await confirm(context, `Contact people on ${what} again?`)
  const removed = await removeHoliday(await context.pool(), actor.id, { day, state })
  context.out.result({ removed: true, ...viewOf(removed), name: removed.name }, `Took ${what} out of the calendar.`)
}

function viewOf({ day, state }: { day: string; state: string }) {
  return { day, state: state || null, yearly: day.length === 'MM-DD'.length }
}

async function list(context: Context, chosen: number | undefined, options: { all?: boolean }): Promise<void> {
  const { yearDays } = await import('../../calendar/year.ts')
  const { ownHolidays } = await import('../../calendar/own.ts')
  const { localTime } = await import('../../lead/local-time.ts')
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

async function laws(context: Context): Promise<void> {
  const { STATE_LAWS } = await import('../../calendar/laws.ts')
  const { formatWeek } = await import('../../campaign/contact-hours.ts')
  const { fields, spaced } = await import('../blocks.ts')
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
      'No campaign is bound by them unless it is imported with --state-laws. They are no legal advice.',
    ]),
  )
}

import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { locking } from '../database/lock-order.ts'
import { type Sql, transaction } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { enqueueThoseWaitingForHours } from '../lifecycle/batch-queue.ts'
import { STATES } from '../recipient/regions.ts'
import { recordAudit } from '../security/audit-log.ts'

/** The installation's own holidays: one day or a day of every year, in the whole country or in one state. */
export interface OwnHoliday {
  /** YYYY-MM-DD, or MM-DD: every year. */
  day: string
  /** The state's abbreviation; '' is the whole country. */
  state: string
  name: string | null
}

/** Whether a day (YYYY-MM-DD) is a holiday for residents of any of these states. */
export type HolidayTest = (day: string, states: readonly string[]) => boolean

/** All own holidays, as a column of the claim's statement, in the form that `withOwn` takes. */
export const OWN_HOLIDAYS_SQL = `(SELECT coalesce(array_agg(h.day || h.state), '{}') FROM "Holiday" h)`

/** The same as `OWN_HOLIDAYS_SQL`, as a query of its own. */
export async function ownHolidayKeys(sql: Sql): Promise<string[]> {
  const { rows } = await sql.query<{ own: string[] }>(`SELECT ${OWN_HOLIDAYS_SQL} AS own`)
  return rows[0]!.own
}

/** @param own for each holiday its day and its state, concatenated */
export function withOwn(isNational: HolidayTest, own: readonly string[]): HolidayTest {
  if (own.length === 0) return isNational
  const days = new Set(own)
  return (day, states) =>
    isNational(day, states) ||
    ['', ...states].some(state => days.has(day + state) || days.has(day.slice('YYYY-'.length) + state))
}

/** In calendar order, yearly holidays first. */
export async function ownHolidays(sql: Sql): Promise<OwnHoliday[]> {
  const { rows } = await sql.query<OwnHoliday>(
    `SELECT day, state, name FROM "Holiday" ORDER BY length(day), day, state`,
  )
  return rows
}

/**
 * Adds a holiday, or renames an existing one. The next claim of every worker applies it.
 * @returns whether it was new
 */
export async function addHoliday(pool: pg.Pool, userId: string, { day, state, name }: OwnHoliday): Promise<boolean> {
  return transaction(pool, async tx => {
    const { rows } = await tx.query<{ id: string; added: boolean }>(
      `INSERT INTO "Holiday" AS h (id, day, state, name, updated_at) VALUES ($1, $2, $3, $4, now())
       ON CONFLICT (day, state) DO UPDATE SET name = coalesce(excluded.name, h.name), updated_at = now()
       RETURNING id, xmax = 0 AS added`,
      [uuidv7(), day, state, name],
    )
    const { id, added } = rows[0]!
    await recordAudit(tx, {
      userId,
      action: 'calendar.add',
      subject: 'Holiday',
      subjectId: id,
      detail: { day, state, name },
    })
    return added
  })
}

/**
 * Removes a holiday. Batches that wait for their contact hours are enqueued by the next sweep and checked again.
 * @throws CampError NOT_FOUND
 */
export async function removeHoliday(
  pool: pg.Pool,
  userId: string,
  { day, state }: Pick<OwnHoliday, 'day' | 'state'>,
): Promise<OwnHoliday> {
  return transaction(pool, async tx => {
    // A claim that has read the calendar ends first, so that the batches it puts off are seen here; later claims wait for this
    // lock.
    await locking(tx, 'Holiday').query(`LOCK TABLE "Holiday" IN ACCESS EXCLUSIVE MODE`)
    const { rows } = await tx.query<OwnHoliday & { id: string }>(
      `DELETE FROM "Holiday" WHERE day = $1 AND state = $2 RETURNING id, day, state, name`,
      [day, state],
    )
    const holiday = rows[0]
    if (!holiday) {
      throw new CampError(
        'CALENDAR_DAY_NOT_FOUND',
        state
          ? t`${day} for ${state} is not an added day of the calendar`
          : t`${day} is not an added day of the calendar`,
        {
          hint: t`See: camp calendar list`,
        },
      )
    }
    await enqueueThoseWaitingForHours(tx)
    const { id, ...detail } = holiday
    await recordAudit(tx, { userId, action: 'calendar.remove', subject: 'Holiday', subjectId: id, detail })
    return detail
  })
}

/**
 * A day as a person types it: 2026-12-24 or 24/12/2026 is that day, 24/12 is that day in every year.
 * @returns in the form of `OwnHoliday.day`
 * @throws CampError USAGE
 */
export function parseHoliday(text: string): string {
  const [, d, m, y] = /^\s*(\d{1,2})\/(\d{1,2})(?:\/(\d{4}))?\s*$/.exec(text) ?? []
  const [, iso] = /^\s*(\d{4}-\d{2}-\d{2})\s*$/.exec(text) ?? []
  const day = iso ?? (d && m && `${y ?? ANY_LEAP_YEAR}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`)
  if (day && isDay(day)) return iso || y ? day : day.slice('YYYY-'.length)
  throw new CampError('INVALID_ARGUMENT', t`"${text}" is not a day`, {
    hint: t`Write it as 2026-12-24 or 24/12/2026; 24/12 is that day every year.`,
  })
}

const ANY_LEAP_YEAR = '2024'

function isDay(day: string): boolean {
  const at = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day)
}

/** @throws CampError USAGE */
export function parseState(text: string): string {
  const state = text.trim().toUpperCase()
  if (STATES.includes(state)) return state
  throw new CampError('INVALID_ARGUMENT', t`"${text}" is not a state`, { hint: t`Use one of ${STATES.join(' ')}.` })
}

import type pg from 'pg'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'

/**
 * Limits the rate of password attempts: the first failures are free, each further one doubles the wait, up to a maximum.
 * Counted in the database, for each e-mail, known or not, twice: from one place, and from all places at which it has not logged
 * in before. So a guesser at one place, or at many, is slowed, and the owner of the password is not locked out: at a place
 * where they have logged in, failures from elsewhere do not count, and from a new one they wait a minute at most.
 */
const HERE = { free: 5, mostSeconds: 900 }
const ELSEWHERE = { free: 50, mostSeconds: 60 }
const ANY_PLACE = '*'

export interface LoginPlace {
  email: string
  /** The host, or the client's address. */
  origin: string
}

/**
 * Counts an attempt as failed before its password is checked, so that many concurrent ones cannot all count as the first.
 * @returns how many have failed here, this one included
 * @throws CampError AUTH: it has to wait
 */
export async function beginAttempt(pool: pg.Pool, place: LoginPlace, now: Date): Promise<number> {
  return transaction(pool, async tx => {
    const { failures, isKnown } = await count(tx, place, HERE, now)
    if (!isKnown) await count(tx, { ...place, origin: ANY_PLACE }, ELSEWHERE, now)
    return failures
  })
}

/** The password was right: earlier failures are deleted, and the place is known from now on. */
export async function endAttempt(pool: pg.Pool, { email, origin }: LoginPlace, now: Date): Promise<void> {
  await transaction(pool, async tx => {
    await tx.query(
      `UPDATE "LoginAttempt" SET failures = failures - 1, next_at = $3
       WHERE email = $1 AND origin = $4 AND failures > 0
         AND EXISTS (SELECT 1 FROM "LoginAttempt" WHERE email = $1 AND origin = $2 AND succeeded_at IS NULL)`,
      [email, origin, now, ANY_PLACE],
    )
    await tx.query(
      `UPDATE "LoginAttempt" SET failures = 0, next_at = $3, succeeded_at = $3 WHERE email = $1 AND origin = $2`,
      [email, origin, now],
    )
  })
}

/** Deletes failures older than a day, and places older than a quarter. */
export async function forgetOldAttempts(sql: Sql, now: Date): Promise<void> {
  const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000)
  await sql.query(`DELETE FROM "LoginAttempt" WHERE at < $1 AND (succeeded_at IS NULL OR at < $2)`, [
    daysAgo(1),
    daysAgo(90),
  ])
}

async function count(
  tx: Tx,
  { email, origin }: LoginPlace,
  { free, mostSeconds }: typeof HERE,
  now: Date,
): Promise<{ failures: number; isKnown: boolean }> {
  const wait = (failures: string) =>
    `CASE WHEN ${failures} <= $4 THEN 0 ELSE least(power(2, least(${failures} - $4 - 1, 20)), $5) END * interval '1 second'`
  const { rows } = await tx.query<{ failures: number; known: boolean }>(
    `INSERT INTO "LoginAttempt" AS a (email, origin, failures, at, next_at) VALUES ($1, $2, 1, $3, $3::timestamptz + ${wait('1')})
     ON CONFLICT (email, origin) DO UPDATE
     SET failures = a.failures + 1, at = excluded.at, next_at = $3::timestamptz + ${wait('(a.failures + 1)')}
     WHERE a.next_at <= $3
     RETURNING failures, succeeded_at IS NOT NULL AS known`,
    [email, origin, now, free, mostSeconds],
  )
  const counted = rows[0]
  if (counted) return { failures: counted.failures, isKnown: counted.known }
  const { rows: waiting } = await tx.query<{ next_at: Date }>(
    `SELECT next_at FROM "LoginAttempt" WHERE email = $1 AND origin = $2`,
    [email, origin],
  )
  const seconds = Math.ceil(((waiting[0]?.next_at ?? now).getTime() - now.getTime()) / 1000)
  throw new CampError(
    'LOGIN_THROTTLED',
    t`too many failed logins of ${email}: the next one is possible in ${seconds} s`,
    {
      hint: t`Another ADMIN can reset a forgotten password: camp user set EMAIL --password-stdin`,
    },
  )
}

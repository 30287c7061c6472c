import type pg from 'pg'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'

/**
 * Limits the rate of password attempts: the first failures are free, each further one doubles the wait, up to a maximum.
 * Counted in the database three times: for each e-mail, known or not, from one place; for each e-mail from all places at which it
 * has not logged in before; and for each place, over all e-mails that have not logged in there. So a guesser of one password or of
 * many, at one place or at many, is slowed. The owner of a password is not locked out: where they have logged in, only failures of
 * their own e-mail from there count.
 */
const HERE = { free: 5, mostSeconds: 900 }
const ELSEWHERE = { free: 50, mostSeconds: 60 }
const PLACE = { free: 20, mostSeconds: 300 }
/** No e-mail and no place: stands for all of them. */
const ANY = '*'

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
    if (!isKnown) {
      await count(tx, { ...place, origin: ANY }, ELSEWHERE, now)
      await count(tx, { ...place, email: ANY }, PLACE, now)
    }
    return failures
  })
}

/**
 * The password was right: earlier failures of the e-mail here are deleted, and the place is known from now on. Of the counts over
 * all places or e-mails only this attempt is taken back: a guesser with a password of their own does not reset them.
 */
export async function endAttempt(pool: pg.Pool, { email, origin }: LoginPlace, now: Date): Promise<void> {
  await transaction(pool, async tx => {
    await tx.query(
      `UPDATE "LoginAttempt" SET failures = failures - 1, next_at = $3
       WHERE ((email = $1 AND origin = $4) OR (email = $4 AND origin = $2)) AND failures > 0
         AND EXISTS (SELECT 1 FROM "LoginAttempt" WHERE email = $1 AND origin = $2 AND succeeded_at IS NULL)`,
      [email, origin, now, ANY],
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
    email === ANY
      ? t`too many failed logins from this place: the next one is possible in ${seconds} s`
      : t`too many failed logins of ${email}: the next one is possible in ${seconds} s`,
    {
      hint: t`Another ADMIN can reset a forgotten password: camp user password EMAIL`,
    },
  )
}

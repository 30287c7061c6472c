import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DATABASE_FAULTS } from '../../../src/database/fault-table.ts'
import { databaseError, isUnreachable, publicWord, sentenceOf } from '../../../src/database/faults.ts'
import { CampError } from '../../../src/errors.ts'
import { queueError, REDIS_FAULTS } from '../../../src/queue/faults.ts'
import { faultTable } from '../../support/fault-table.ts'

/** As pg throws it. */
function said(code: string, message: string, severity = 'ERROR'): Error {
  return Object.assign(new Error(message), { code, severity })
}

/** As Prisma throws what its adapter was told. */
function byPrisma(cause: object): Error {
  return Object.assign(new Error('\nInvalid `prisma.wallet.findMany()` invocation in\n/srv/camp.ts:1'), {
    code: 'P2039',
    meta: { driverAdapterError: { name: 'DriverAdapterError', cause } },
  })
}

describe('what the database says', () => {
  it.each([
    ['28P01', 'password authentication failed for user "camp"', 7, 'refused'],
    ['28000', 'no pg_hba.conf entry for host "1.2.3.4", SSL off', 7, 'refused'],
    ['3D000', 'database "x" does not exist', 8, 'refused'],
    ['42501', 'permission denied for function now', 7, 'refused'],
    ['42501', 'must be owner of table Batch', 7, 'refused'],
    ['53100', 'could not extend file "base/1/2": No space left on device', 8, 'full'],
    ['53200', 'out of memory', 8, 'full'],
    ['53300', 'too many connections for role "camp"', 8, 'busy'],
    ['53400', 'configuration limit exceeded', 8, 'full'],
    ['57014', 'canceling statement due to user request', 8, 'busy'],
    ['55P03', 'canceling statement due to lock timeout', 8, 'busy'],
    ['40P01', 'deadlock detected', 8, 'busy'],
    ['25006', 'cannot execute INSERT in a read-only transaction', 8, 'read-only'],
    ['57P01', 'terminating connection due to administrator command', 8, 'unreachable'],
    ['57P03', 'the database system is starting up', 8, 'unreachable'],
    ['08006', 'connection failure', 8, 'unreachable'],
    ['58030', 'could not read block 1', 8, 'failing'],
    ['42P01', 'relation "Wallet" does not exist', 8, 'failing'],
    ['26000', 'prepared statement "s1" does not exist', 8, 'failing'],
  ])('%s "%s" is %i, by pg and by Prisma, and %s in public', (code, message, exit, word) => {
    for (const thrown of [
      said(code, message),
      byPrisma({ originalCode: code, originalMessage: message, kind: 'postgres' }),
    ]) {
      const error = databaseError(thrown, 'camp')!
      expect(error).toMatchObject({ exitCode: exit, message: expect.stringMatching(/^the(re)? .+: /) })
      expect(error.message.endsWith(message)).toBe(true)
      expect(error.hint).not.toMatch(/\{|undefined/)
      expect(publicWord(thrown)).toBe(word)
      expect(sentenceOf(thrown)).toBe(error.message)
    }
  })

  it('of a statement that is wrong is nothing for this table', () => {
    for (const code of ['23505', '42601', '42703', '22P02']) {
      expect(databaseError(said(code, 'no'))).toBeUndefined()
      expect(publicWord(said(code, 'no'))).toBe('failing')
    }
    expect(databaseError(new TypeError('x is not a function'))).toBeUndefined()
  })

  it('behind a cause, or of several tries of one connection, is the same', () => {
    const refused = said('ECONNREFUSED', 'connect ECONNREFUSED 10.1.2.3:5432')
    for (const thrown of [new Error('outer', { cause: refused }), new AggregateError([refused, refused])])
      expect(databaseError(thrown)).toMatchObject({ exitCode: 8 })
  })

  it('through Prisma, when it is away, is known to be away', () => {
    const away = byPrisma({ kind: 'DatabaseNotReachable', host: '10.1.2.3', port: 5432 })
    expect(isUnreachable(away)).toBe(true)
    expect(databaseError(away)).toMatchObject({ exitCode: 8, message: expect.stringContaining('10.1.2.3:5432') })
    expect(isUnreachable(byPrisma({ originalCode: '42501', originalMessage: 'no', kind: 'postgres' }))).toBe(false)
  })
})

it('the public word tells neither host nor user nor what the server says', () => {
  const refused = said('ECONNREFUSED', 'connect ECONNREFUSED 10.1.2.3:5432')
  const wrong = new Error('WRONGPASS invalid username-password pair')
  expect(
    [refused, queueError(refused, false), queueError(refused, true), queueError(wrong, true)].map(publicWord),
  ).toEqual(['unreachable', 'unreachable', 'unreachable', 'refused'])
  expect(publicWord(new CampError('FILE_MALFORMED', 'line 3'))).toBe('failing')
})

it('docs/errors.md has both tables as they are', () => {
  const page = readFileSync('docs/errors.md', 'utf8')
  for (const rules of [DATABASE_FAULTS, REDIS_FAULTS]) expect(page).toContain(faultTable(rules))
})

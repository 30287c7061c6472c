import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkLockOrder, forgetLocks, LOCK_EXCEPTIONS, LOCK_ORDER, locking } from '../../../src/database/lock-order.ts'
import type { Tx } from '../../../src/database/pool.ts'
import { statementsOfSources } from '../../support/sql-texts.ts'

/** Functions whose rows their callers hold, or declare; single statements on a pool; and locks of a table that no rank is of. */
const UNDECLARED = ['releaseKeys', 'enqueueUnqueued', 'enqueueLost', 'writeSetting', 'assertFirst']

it('the table of docs/architecture.md has the ranks and names the exceptions', () => {
  const text = readFileSync('docs/architecture.md', 'utf8')
  const rows = [...text.matchAll(/^\| (\d+) \| (\w+) \|$/gm)].map(([, rank, row]) => `${rank} ${row}`)
  expect(rows).toEqual(LOCK_ORDER.map((row, i) => `${i + 1} ${row}`))
  for (const name of Object.keys(LOCK_EXCEPTIONS)) expect(text).toContain(name)
})

it('a lock of an earlier rank throws, unless its exception is named', () => {
  checkLockOrder()
  const tx = {} as Tx
  locking(tx, 'Campaign')
  expect(() => locking(tx, 'Batch')).toThrow('lock order: Batch after Campaign')
  expect(locking(tx, 'Budget', LOCK_EXCEPTIONS.APPROVAL)).toBe(tx)
  expect(() => locking(tx, 'CampaignLead', LOCK_EXCEPTIONS.APPROVAL)).toThrow('lock order')
  forgetLocks(tx)
  expect(locking(tx, 'Batch')).toBe(tx)
})

it('every statement that locks rows declares it', () => {
  const silent = sources().flatMap(path =>
    readFileSync(join('src', path), 'utf8')
      .split(/^(?=(?:export )?(?:async )?function )/m)
      .filter(part => {
        const name = /function (\w+)/.exec(part)?.[1] ?? ''
        const code = part.replace(/\$queryRaw[^`]*`[^`]*`/g, '').replace(/\/\*\*[\s\S]*?\*\//g, '')
        const locks = [...code.matchAll(/\bFOR (?:NO KEY )?(?:UPDATE|SHARE)\b|\bLOCK TABLE\b|pg_advisory_xact_lock/g)]
        return locks.length > code.split('locking(').length - 1 && !UNDECLARED.includes(name)
      })
      .map(part => `${path}: ${part.split('\n')[0]}`),
  )
  expect(silent).toEqual([])
})

/**
 * A row with a foreign key locks the row that it refers to, KEY SHARE, wherever it is inserted: a lock that no rank is of. FOR
 * UPDATE waits for it, FOR NO KEY UPDATE does not.
 */
const STRONG = [
  // Another row refers to a batch only if its transaction has locked the batch.
  join('dispatch', 'claim', 'group.ts'),
  join('dispatch', 'claim', 'lock-batch.ts'),
  join('dispatch', 'closing', 'claim.ts'),
  join('dispatch', 'settle', 'lock-attempt.ts'),
  // They delete and replace.
  join('privacy', 'erase-person.ts'),
  join('privacy', 'prune.ts'),
]

it('rows that many foreign keys refer to are locked FOR NO KEY UPDATE', () => {
  const strong = statementsOfSources()
    .filter(({ sql }) => /\bFOR UPDATE\b/.test(sql) && /"(Batch|Budget|Campaign|CampaignLead|User)"/.test(sql))
    .map(({ file }) => file)
  expect([...new Set(strong)].sort()).toEqual(STRONG.sort())
})

function sources(): string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    path => path.endsWith('.ts') && !path.startsWith('database/generated'),
  )
}

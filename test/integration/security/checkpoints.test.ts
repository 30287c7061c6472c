import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { recordAudit, signingAudits } from '../../../src/security/audit-log.ts'
import { checkpointHash, takeCheckpoints, takeSome } from '../../../src/security/checkpoints.ts'
import { assertSecret } from '../../../src/security/fingerprint.ts'
import { headFlaw } from '../../../src/security/kept-head.ts'
import { type Keys, keysOf } from '../../../src/security/keys.ts'
import { numbersOf } from '../../../src/security/number-ranges.ts'
import { auditRecords } from '../../../src/security/record-audit.ts'
import { rotateSecret } from '../../../src/security/rotate.ts'
import { useDatabase } from '../../support/database.ts'
import { testKeys } from '../../support/fixtures.ts'
import { asSuperuser, sendCampaign, type Told } from '../../support/tampering.ts'
import { undone } from '../../support/transaction.ts'

/** Rows that are changed by plain SQL after a checkpoint was taken, in any way that keeps them consistent with one another. */
const db = useDatabase()
let keys: Keys
let told: Told
beforeAll(async () => {
  keys = await testKeys()
  await assertSecret(db.pool, keys)
  told = await signingAudits({ keys, wrote: false }, () => sendCampaign(db))
  await takeCheckpoints(db.pool, keys)
})

const findings = async (sql = db.pool as Parameters<typeof auditRecords>[0]) => (await auditRecords(sql, keys)).findings
const after = (...statements: string[]) =>
  undone(db.pool, async sql => {
    await asSuperuser(sql, statements)
    return findings(sql)
  })
const aboutEntry = [expect.stringMatching(/^ledger entry [0-9a-f-]{36} was changed after it was written: /)]
const entry = `id = (SELECT id FROM "BudgetEntry" ORDER BY n LIMIT 1)`
const approval = () => `action = 'campaign.approve' AND subject_id = '${told.campaignId}'`

it('fits what camp has written', async () => {
  const { findings, notes, checkpoints, head } = await auditRecords(db.pool, keys)
  // The fixture's limits and the wallet's are written without a camp.
  expect({ findings, notes, checkpoints }).toEqual({
    findings: [],
    notes: ['2 audit events are from before events were signed'],
    checkpoints: 3,
  })
  expect(head).toEqual({ number: 3, hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect(await takeCheckpoints(db.pool, keys)).toMatchObject({ head: { number: 3 }, isBroken: false })
})

describe('the ledger', () => {
  it.each([
    ['amount', '0.0001'],
    ['messages', '7'],
    ['batch_id', 'NULL'],
    ['user_id', `(SELECT id FROM "User" LIMIT 1)`],
    ['reason', `'x'`],
    ['created_at', `created_at + interval '1 millisecond'`],
    ['kind', `'ADJUST'`],
    ['budget_id', `(SELECT id FROM "Budget" WHERE month = 12)`],
  ])("an entry's %s was changed", async (column, value) => {
    expect(await after(`UPDATE "BudgetEntry" SET ${column} = ${value} WHERE ${entry}`)).toEqual(aboutEntry)
  })

  it('an entry was deleted, or all of a batch that was un-billed', async () => {
    expect(await after(`DELETE FROM "BudgetEntry" WHERE ${entry}`)).toEqual([
      expect.stringMatching(/^BudgetEntry: row 1 of checkpoint 1, deleted since: /),
    ])
    expect(await after(`DELETE FROM "BudgetEntry" WHERE batch_id = '${told.batches[0]}'`)).toHaveLength(1)
    expect((await after(`TRUNCATE "BudgetEntry"`))[0]).toMatch(/^BudgetEntry: rows 1, 2, 3 of checkpoint 1, deleted/)
  })

  it('an entry was put in with a number of before', async () => {
    const found = await after(
      `INSERT INTO "BudgetEntry" (id, n, budget_id, kind, amount)
       SELECT gen_random_uuid(), 0, id, 'ADJUST', -1 FROM "Budget" LIMIT 1`,
    )
    expect(found).toEqual([expect.stringContaining('was inserted outside of the checkpoints')])
  })
})

describe('the audit', () => {
  it.each([
    ['user_id', 'NULL'],
    ['detail', `'{"unit_cost":"0.0001"}'`],
    ['at', `at - interval '1 hour'`],
    ['subject_id', `'x'`],
    ['mac', 'NULL'],
  ])("an event's %s was changed", async (column, value) => {
    expect(await after(`UPDATE "AuditEvent" SET ${column} = ${value} WHERE ${approval()}`)).toEqual([
      expect.stringMatching(/^audit event .* \(campaign\.approve of .* was changed after it was written: /),
    ])
  })

  it('an event was deleted', async () => {
    expect(await after(`DELETE FROM "AuditEvent" WHERE ${approval()}`)).toEqual([
      expect.stringMatching(/^AuditEvent: row \d+ of checkpoint 2, deleted since: /),
    ])
  })

  it('an event that no checkpoint has yet was forged, or changed', async () => {
    const copied = `INSERT INTO "AuditEvent" (id, user_id, action, subject, subject_id, detail, mac)
      SELECT gen_random_uuid(), user_id, action, subject, subject_id, detail, mac FROM "AuditEvent" WHERE ${approval()}`
    expect(await after(copied)).toEqual([
      expect.stringMatching(/\(campaign\.approve of Campaign .*\) was not written by camp, or with another secret: /),
    ])
  })
})

it('an event of the record of attempts was changed or deleted', async () => {
  expect(await after(`UPDATE "LeadEvent" SET kind = 'REFUSED' WHERE kind = 'IN_DOUBT'`)).toEqual([
    expect.stringMatching(/^lead event \d+ \(REFUSED of campaign .*, batch 1, seq .*\) was changed/),
  ])
  expect(await after(`DELETE FROM "LeadEvent" WHERE kind = 'REFUSED'`)).toHaveLength(1)
})

describe('the checkpoints', () => {
  it('one was changed, or is missing', async () => {
    expect(await after(`UPDATE "Checkpoint" SET at = now() WHERE number = 2`)).toEqual([
      expect.stringMatching(/^checkpoint 2 was changed: /),
    ])
    expect(await after(`DELETE FROM "Checkpoint" WHERE number = 2`)).toEqual([
      expect.stringMatching(/^checkpoint 2 is missing: /),
    ])
  })

  it('all were rebuilt without the secret', async () => {
    const found = await undone(db.pool, async sql => {
      await asSuperuser(sql, [`UPDATE "BudgetEntry" SET amount = 9 WHERE ${entry}`, `DELETE FROM "Checkpoint"`])
      // A secret of its own is all that a forger has.
      const other = keysOf('another-secret-of-enough-length', keys.origin)
      await takeSome(sql, { head: other, events: other, next: other })
      return findings(sql)
    })
    expect(found[0]).toMatch(/^checkpoint 3, the newest, is not signed with this secret: /)
  })

  it('all are gone, with all records: the numbers that were given out tell, and a head that is kept', async () => {
    const all = ['BudgetEntry', 'AuditEvent', 'LeadEvent', 'Checkpoint'].map(name => `DELETE FROM "${name}"`)
    expect(await after(...all)).toEqual([
      expect.stringMatching(/^BudgetEntry: empty, and without a checkpoint, after row \d+: /),
      expect.stringMatching(/^AuditEvent: empty, and without a checkpoint, after row \d+: /),
      expect.stringMatching(/^LeadEvent: empty, and without a checkpoint, after row \d+: /),
    ])
    const flaw = await undone(db.pool, async sql => {
      await asSuperuser(sql, all)
      return headFlaw(sql, { number: 3, hash: 'x' })
    })
    expect(flaw).toBe('checkpoint 3 does not exist, and there is none: records are missing since')
  })

  it('the newest rows and their checkpoints were cut off: a head that is kept elsewhere tells', async () => {
    const flaw = await undone(db.pool, async sql => {
      await asSuperuser(sql, [`DELETE FROM "LeadEvent"`, `DELETE FROM "Checkpoint" WHERE number = 3`])
      return headFlaw(sql, { number: 3, hash: 'x' })
    })
    expect(flaw).toBe('checkpoint 3 does not exist, the newest is 2: records are missing since')
    expect(await headFlaw(db.pool, { number: 3, hash: '0'.repeat(64) })).toBe(
      'checkpoint 3 differs from the one that was kept: the records were rewritten',
    )
  })
})

it('a record that is append-only cannot be emptied, neither alone nor with the table that it belongs to', async () => {
  const refused = { code: '23000', message: expect.stringMatching(/is append-only$/) }
  for (const name of ['BudgetEntry', 'AuditEvent', 'LeadEvent', 'Checkpoint'])
    await expect(db.pool.query(`TRUNCATE "${name}" CASCADE`), name).rejects.toMatchObject(refused)
  await expect(db.pool.query(`TRUNCATE "Campaign" CASCADE`)).rejects.toMatchObject(refused)
})

describe('what is written afterwards', () => {
  const event = () =>
    recordAudit(db.pool, { userId: null, action: 'test.note', subject: 'Test', subjectId: randomUUID() })
  const signed = () => signingAudits({ keys, wrote: false }, event)

  it('a row of a transaction that is open stays a gap, and is covered later; one that was rolled back stays none', async () => {
    const client = await db.pool.connect()
    try {
      await client.query('BEGIN')
      await signingAudits({ keys, wrote: false }, () =>
        recordAudit(client, { userId: null, action: 'test.late', subject: 'Test', subjectId: '1' }),
      )
      await undone(db.pool, sql =>
        recordAudit(sql, { userId: null, action: 'test.undone', subject: 'Test', subjectId: '1' }),
      )
      await signed()
      const before = await takeCheckpoints(db.pool, keys)
      expect(await findings()).toEqual([])
      await client.query('COMMIT')
      const later = await takeCheckpoints(db.pool, keys)
      expect(later.head!.number).toBe(before.head!.number + 1)
    } finally {
      client.release()
    }
    expect(await findings()).toEqual([])
    const { rows } = await db.pool.query(
      `SELECT rows::text, gaps::text FROM "Checkpoint" WHERE source = 'AuditEvent' ORDER BY number DESC LIMIT 2`,
    )
    const [late, early] = rows as { rows: string; gaps: string }[]
    const [n] = numbersOf(late!.rows, 1)
    expect(numbersOf(early!.gaps, 100)).toEqual([...numbersOf(late!.gaps, 100), n].sort((a, b) => a! - b!))
    expect(numbersOf(late!.gaps, 100)).toContain(n! + 1)
  })

  it('a checkpoint between others that is missing is named, and its rows are not called inserted', async () => {
    for (const _ of [1, 2, 3]) {
      await signed()
      await takeCheckpoints(db.pool, keys)
    }
    const { rows } = await db.pool.query(
      `SELECT number, rows::text FROM "Checkpoint" WHERE source = 'AuditEvent' ORDER BY number DESC OFFSET 1 LIMIT 1`,
    )
    const [n] = numbersOf(rows[0].rows, 1)
    const deleted = `DELETE FROM "Checkpoint" WHERE number = ${rows[0].number}`
    const found = await undone(db.pool, async sql => {
      await asSuperuser(sql, [deleted])
      return auditRecords(sql, keys)
    })
    expect(found.findings).toEqual([`checkpoint ${rows[0].number} is missing: compare with an earlier backup`])
    expect(found.notes).toContain(`AuditEvent: row ${n}: their checkpoint is missing, so they are not proved`)

    // Neither does it excuse an event that camp has not written, nor one with a number of before.
    const forged = (number: string) => `INSERT INTO "AuditEvent" (id, n, action, subject, subject_id)
      VALUES (gen_random_uuid(), ${number}, 'forged.one', 'Test', '1')`
    expect(await after(deleted, `DELETE FROM "AuditEvent" WHERE n = ${n}`, forged(String(n)))).toEqual([
      expect.stringContaining('is missing'),
      expect.stringMatching(/\(forged\.one of Test 1\) was not written by camp/),
    ])
    expect(await after(deleted, forged('0'))).toContainEqual(
      expect.stringContaining('was inserted outside of the checkpoints'),
    )
  })

  it('a new secret signs the chain, and the old one signs no more; the old checkpoints stay proved', async () => {
    await signed()
    const next = keysOf('the-next-secret-of-enough-length', keys.origin)
    const actor = { id: told.scene.userId, email: '', name: '', role: 'ADMIN' } as const
    const { head } = await takeCheckpoints(db.pool, keys)
    await rotateSecret(db.pool, actor, { from: keys, to: next })
    expect((await auditRecords(db.pool, next)).findings).toEqual([])
    expect(await headFlaw(db.pool, head!)).toBeNull()
    expect(await takeCheckpoints(db.pool, keys)).toMatchObject({ isBroken: true })
    const changed = await undone(db.pool, async sql => {
      await asSuperuser(sql, [`UPDATE "BudgetEntry" SET amount = 9 WHERE ${entry}`])
      return (await auditRecords(sql, next)).findings
    })
    expect(changed).toEqual(aboutEntry)
    await rotateSecret(db.pool, actor, { from: next, to: keys })
    expect(await findings()).toEqual([])
  })

  it('a rotation does not sign a chain that was rebuilt without the secret', async () => {
    const next = keysOf('the-next-secret-of-enough-length', keys.origin)
    const actor = { id: told.scene.userId, email: '', name: '', role: 'ADMIN' } as const
    const { rows } = await db.pool.query(`SELECT number, signature FROM "Checkpoint" ORDER BY number DESC LIMIT 1`)
    const forge = (signature: string) =>
      db.pool.query(
        `BEGIN; SET LOCAL session_replication_role = replica;
         UPDATE "Checkpoint" SET signature = '${signature}' WHERE number = ${rows[0].number}; COMMIT`,
      )
    await forge('x')
    await rotateSecret(db.pool, actor, { from: keys, to: next })
    expect((await auditRecords(db.pool, next)).findings[0]).toMatch(/, the newest, is not signed with this secret: /)
    await rotateSecret(db.pool, actor, { from: next, to: keys })
    await forge(rows[0].signature)
    await takeCheckpoints(db.pool, keys)
  })

  it('a forged event is found after a checkpoint has taken it in, too', async () => {
    await event()
    await takeCheckpoints(db.pool, keys)
    expect((await findings()).at(-1)).toMatch(
      /\(test\.note of Test .*\) was not written by camp, or with another secret: /,
    )
  })
})

it('the hash covers every column but the marks', () => {
  const base: Parameters<typeof checkpointHash>[0] = {
    ...{
      number: 1,
      source: 'BudgetEntry',
      rows: '{}',
      gaps: '{}',
      upto: '0',
      count: 0,
      digest: '',
      marks: '',
      unsigned: '{}',
    },
    ...{ reset: false, at: new Date(0), previous: null },
  }
  const changes = {
    number: 2,
    source: 'LeadEvent',
    rows: '{[1,2)}',
    gaps: '{[1,2)}',
    upto: '1',
    count: 1,
    digest: 'x',
    unsigned: '{[1,2)}',
  }
  for (const [key, value] of Object.entries({ ...changes, reset: true, at: new Date(1), previous: 'x' }))
    expect(checkpointHash({ ...base, [key]: value })).not.toBe(checkpointHash(base))
})

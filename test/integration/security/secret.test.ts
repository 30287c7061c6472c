import { randomBytes } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { transaction } from '../../../src/database/pool.ts'
import type { Actor } from '../../../src/security/actor.ts'
import { loadCredential } from '../../../src/security/credentials.ts'
import { assertSecret, assertSecretStands, SecretMismatch, secretState } from '../../../src/security/fingerprint.ts'
import { type Keys, openKeys } from '../../../src/security/keys.ts'
import { resetSecret, rotateSecret } from '../../../src/security/rotate.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene, testKeys } from '../../support/fixtures.ts'
import { releaseTogether } from '../../support/locks.ts'

const db = useDatabase()

const keysOf = (secret: string): Promise<Keys> => openKeys({ secret, databaseUrl: 'postgres://server/camp', home: '' })
const OTHER = 'another-secret-of-enough-length'

beforeEach(async () => {
  await db.pool.query(`DELETE FROM "SecretFingerprint"`)
  await db.pool.query(`DELETE FROM "Credential"`)
})

const sealedAll = async () => {
  const { rows } = await db.pool.query(
    `SELECT (SELECT json_agg(c.config ORDER BY c.id) FROM "Credential" c) AS credentials,
            (SELECT json_agg(f.sealed) FROM "SecretFingerprint" f) AS fingerprint`,
  )
  return rows[0]
}

describe('the fingerprint', () => {
  it('is written by the first process, and compared by every later one', async () => {
    const [ours, others] = [await testKeys(), await keysOf(OTHER)]
    expect(await secretState(db.pool, ours)).toBe('NONE')
    await assertSecret(db.pool, ours)
    const before = await sealedAll()
    await assertSecret(db.pool, ours)
    await expect(assertSecret(db.pool, others)).rejects.toMatchObject({
      code: 'SECRET_MISMATCH',
      exitCode: 2,
      message: 'CAMP_SECRET is not the secret of this database: nothing was changed',
      hint: expect.stringContaining('camp secret rotate'),
    })
    await expect(assertSecretStands(db.pool, others)).rejects.toThrow(SecretMismatch)
    expect([await secretState(db.pool, ours), await secretState(db.pool, others)]).toEqual(['OURS', 'OTHER'])
    expect(await sealedAll()).toEqual(before)
  })

  it('tells two databases of one secret apart, and holds no word in clear', async () => {
    await assertSecret(db.pool, await testKeys())
    const { fingerprint } = await sealedAll()
    await db.pool.query(`DELETE FROM "SecretFingerprint"`)
    await assertSecret(db.pool, await testKeys())
    expect((await sealedAll()).fingerprint).not.toEqual(fingerprint)
    expect(JSON.stringify(fingerprint)).not.toContain('camp')
  })

  it('is agreed upon by first processes at the same moment', async () => {
    const start = async () => assertSecret(db.pool, await testKeys())
    await releaseTogether(db.pool, 'SecretFingerprint', 3, () => Promise.all([start(), start(), start()]))
    const { rows } = await db.pool.query(`SELECT count(*)::int AS n FROM "SecretFingerprint"`)
    expect(rows).toEqual([{ n: 1 }])
  })

  it('is one secret’s, where first processes with two come at the same moment', async () => {
    const all = [await testKeys(), await keysOf(OTHER), await testKeys(), await keysOf(OTHER)]
    const results = await Promise.allSettled(all.map(keys => assertSecret(db.pool, keys)))
    const states = await Promise.all(all.map(keys => secretState(db.pool, keys)))
    expect(results.map(({ status }) => status)).toEqual(
      states.map(state => (state === 'OURS' ? 'fulfilled' : 'rejected')),
    )
    expect(states.filter(state => state === 'OURS')).toHaveLength(2)
  })

  it('is not written by a secret that opens none of the credentials from before', async () => {
    await makeScene(db.pool)
    await expect(assertSecret(db.pool, await keysOf(OTHER))).rejects.toThrow(SecretMismatch)
    expect((await sealedAll()).fingerprint).toBeNull()
    await assertSecret(db.pool, await testKeys())
    expect(await secretState(db.pool, await testKeys())).toBe('OURS')
  })

  it('is written by a secret that opens one of them', async () => {
    const scene = await makeScene(db.pool)
    await db.pool.query(`UPDATE "Credential" SET config = '{"v":1}' WHERE id = $1`, [scene.credentialId])
    await makeScene(db.pool)
    await assertSecret(db.pool, await testKeys())
    expect(await secretState(db.pool, await testKeys())).toBe('OURS')
  })
})

describe('a rotation', () => {
  const url = `http://127.0.0.1:9/${randomBytes(4).toString('hex')}`
  const scene = async () => {
    const made = await makeScene(db.pool, { url })
    const actor: Actor = { id: made.userId, email: 'a@example.com', name: 'A', role: 'ADMIN', via: null }
    const place = { wallet: { id: made.walletId, name: 'W' }, broker: { id: made.brokerId, name: 'B' } }
    await assertSecret(db.pool, await testKeys())
    return { ...made, actor, place }
  }

  it('reseals every credential and the fingerprint, changes nothing else of them, and is audited', async () => {
    const { actor, place } = await scene()
    await makeScene(db.pool)
    const [from, to] = [await testKeys(), await keysOf(OTHER)]
    const { updatedAt } = await loadCredential(db.prisma, from, place)
    expect(await rotateSecret(db.pool, actor, { from, to })).toBe(2)
    expect(await loadCredential(db.prisma, to, place)).toMatchObject({ config: { url }, updatedAt })
    await expect(loadCredential(db.prisma, from, place)).rejects.toMatchObject({ code: 'CREDENTIAL_UNREADABLE' })
    expect([await secretState(db.pool, from), await secretState(db.pool, to)]).toEqual(['OTHER', 'OURS'])
    const { rows } = await db.pool.query(`SELECT user_id, detail FROM "AuditEvent" WHERE action = 'secret.rotate'`)
    expect(rows).toEqual([{ user_id: actor.id, detail: { credentials: 2 } }])
  })

  it('happens once, where two are asked for at the same moment', async () => {
    const { actor } = await scene()
    const from = await testKeys()
    const targets = [await keysOf(OTHER), await keysOf('a-third-secret-of-enough-length')]
    const results = await Promise.allSettled(targets.map(to => rotateSecret(db.pool, actor, { from, to })))
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const won = targets[results.findIndex(({ status }) => status === 'fulfilled')]!
    expect(await secretState(db.pool, won)).toBe('OURS')
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: expect.any(SecretMismatch) })
  })

  it('has not happened where what keeps the new secret fails', async () => {
    const { actor } = await scene()
    const before = await sealedAll()
    const keep = () => Promise.reject(new Error('the disk is full'))
    const rotating = rotateSecret(db.pool, actor, { from: await testKeys(), to: await keysOf(OTHER), keep })
    await expect(rotating).rejects.toThrow('the disk is full')
    expect(await sealedAll()).toEqual(before)
  })

  it('is refused where a credential would be left behind, naming it', async () => {
    const { actor, credentialId } = await scene()
    const lost = await makeScene(db.pool)
    await db.pool.query(
      `UPDATE "Credential" SET config = (SELECT config FROM "Credential" WHERE id = $1) WHERE id = $2`,
      [credentialId, lost.credentialId],
    )
    const { rows } = await db.pool.query<{ name: string }>(`SELECT name FROM "Wallet" WHERE id = $1`, [lost.walletId])
    const before = await sealedAll()
    await expect(
      rotateSecret(db.pool, actor, { from: await testKeys(), to: await keysOf(OTHER) }),
    ).rejects.toMatchObject({ code: 'CREDENTIAL_UNREADABLE', message: expect.stringContaining(`"${rows[0]!.name}"`) })
    expect(await sealedAll()).toEqual(before)
  })

  it('leaves nothing that is set at the same moment under the old secret', async () => {
    const { actor, place } = await scene()
    const { setCredential } = await import('../../../src/security/credentials.ts')
    const { sandbox } = await import('../../../src/broker/sandbox/adapter.ts')
    const [from, to] = [await testKeys(), await keysOf(OTHER)]
    const given = { url: 'http://127.0.0.1:8/new' }
    const setting: Promise<unknown>[] = []
    await transaction(db.pool, async sql => {
      // The rotation holds the lock while the other waits for it.
      await sql.query(`SELECT 1 FROM "Credential" FOR UPDATE`)
      const rotating = rotateSecret(db.pool, actor, { from, to })
      setting.push(rotating)
      await waitsFor('SecretFingerprint', 0)
      setting.push(
        setCredential(db.prisma, from, actor, { ...place, adapter: sandbox as never }, given).catch(error => error),
      )
      await waitsFor('SecretFingerprint', 1)
    })
    expect(await setting[0]).toBe(1)
    expect(await setting[1]).toBeInstanceOf(SecretMismatch)
    expect((await loadCredential(db.prisma, to, place)).config).toEqual({ url })
  })

  /** Until a rotation waits for the credentials, and `others` wait for it. */
  async function waitsFor(_table: string, others: number): Promise<void> {
    const { until } = await import('../../support/worker.ts')
    await until(
      'they wait',
      async () => {
        const { rows } = await db.pool.query<{ n: number }>(
          `SELECT count(*)::int AS n FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )
        return rows[0]!.n
      },
      n => n === 1 + others,
    )
  }

  it('of a secret that is lost names what is to be given again', async () => {
    const { actor, walletId } = await scene()
    const { rows } = await db.pool.query<{ name: string }>(`SELECT name FROM "Wallet" WHERE id = $1`, [walletId])
    const to = await keysOf(OTHER)
    expect((await resetSecret(db.pool, actor, to)).map(({ wallet }) => wallet)).toEqual([rows[0]!.name])
    expect(await secretState(db.pool, to)).toBe('OURS')
    expect(await resetSecret(db.pool, actor, await testKeys())).toEqual([])
  })
})

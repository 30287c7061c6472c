import { beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../src/security/actor.ts'
import { assertSecret } from '../../../src/security/fingerprint.ts'
import { keysOf } from '../../../src/security/keys.ts'
import { resetSecret, rotateSecret } from '../../../src/security/rotate.ts'
import { sealJson } from '../../../src/security/seal.ts'
import { issueToken, readToken } from '../../../src/security/session.ts'
import { openSessionKey } from '../../../src/security/session-key.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene, testKeys } from '../../support/fixtures.ts'

const db = useDatabase()
const clock = { now: () => new Date('2026-11-28T12:00:00Z') }
const others = keysOf('another-secret-of-enough-length', { name: 'CAMP_SECRET', cure: '' })
const tokenBy = async (key: Parameters<typeof issueToken>[0]) =>
  (await issueToken(key, { userId: 'user-1', makerId: null }, { clock, lifetimeMs: 60_000 })).token

beforeEach(async () => {
  await db.pool.query(`DELETE FROM "Credential"`)
  await db.pool.query(`DELETE FROM "SecretFingerprint"`)
  await assertSecret(db.pool, await testKeys())
})

const stored = async () =>
  (await db.pool.query(`SELECT session_public, session_private FROM "SecretFingerprint"`)).rows[0]

describe('the key that signs sessions', () => {
  it('is the same for every process with the secret', async () => {
    const [one, two] = [
      await openSessionKey(db.pool, await testKeys()),
      await openSessionKey(db.pool, await testKeys()),
    ]
    expect(await readToken(two, await tokenBy(one), clock)).toMatchObject({ userId: 'user-1' })
  })

  it('is made once for a database of an earlier camp, by however many processes', async () => {
    await db.pool.query(`UPDATE "SecretFingerprint" SET session_public = NULL, session_private = NULL`)
    const keys = await testKeys()
    const opened = await Promise.all(Array.from({ length: 6 }, () => openSessionKey(db.pool, keys)))
    expect(new Set(opened.map(key => key.publicKey.export({ type: 'spki', format: 'pem' }))).size).toBe(1)
  })

  it('is not in the database to be read: its private half is sealed', async () => {
    const { session_private } = await stored()
    expect(Object.keys(session_private).sort()).toEqual(['data', 'iv', 'tag', 'v'])
    await expect(openSessionKey(db.pool, others)).rejects.toMatchObject({ code: 'CREDENTIAL_UNREADABLE' })
  })

  it('is not believed where another pair was put into the database', async () => {
    const before = await stored()
    await db.pool.query(`DELETE FROM "SecretFingerprint"`)
    await assertSecret(db.pool, await testKeys())
    await db.pool.query(`UPDATE "SecretFingerprint" SET session_public = $1`, [before.session_public])
    await expect(openSessionKey(db.pool, await testKeys())).rejects.toMatchObject({
      code: 'SESSION_KEY_CHANGED',
    })
    const foreign = sealJson(others, 'anything', 'SecretFingerprint 1 session')
    await db.pool.query(`UPDATE "SecretFingerprint" SET session_private = $1`, [foreign])
    await expect(openSessionKey(db.pool, await testKeys())).rejects.toMatchObject({ code: 'CREDENTIAL_UNREADABLE' })
  })

  it('is another after a rotation and after a reset: tokens of before are void', async () => {
    const actor = { id: (await makeScene(db.pool)).userId } as Actor
    await db.pool.query(`DELETE FROM "Credential"`)
    const token = await tokenBy(await openSessionKey(db.pool, await testKeys()))
    await rotateSecret(db.pool, actor, { from: await testKeys(), to: others })
    await expect(readToken(await openSessionKey(db.pool, others), token, clock)).rejects.toMatchObject({
      code: 'SESSION_INVALID',
    })
    await resetSecret(db.pool, actor, await testKeys())
    await expect(readToken(await openSessionKey(db.pool, await testKeys()), token, clock)).rejects.toMatchObject({
      code: 'SESSION_INVALID',
    })
  })
})

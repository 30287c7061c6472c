import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Adapter } from '../../../src/broker/port.ts'
import { sandbox } from '../../../src/broker/sandbox/adapter.ts'
import type { Actor } from '../../../src/security/actor.ts'
import {
  describeKeys,
  loadCredential,
  maskCredential,
  removeCredential,
  setCredential,
} from '../../../src/security/credentials.ts'
import { openKeys } from '../../../src/security/keys.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene, testKeys } from '../../support/fixtures.ts'
import { releaseTogether } from '../../support/locks.ts'

const db = useDatabase()
const adapter: Adapter = {
  ...sandbox,
  name: 'TWO_KEYS',
  credential: z.strictObject({ url: z.url(), token: z.string().min(8), delay: z.coerce.number().optional() }),
  secrets: ['token'],
} as Adapter
const given = { url: 'https://user:pw@broker.example/x', token: 'the-secret-token' }

let actor: Actor
let place: { wallet: { id: string; name: string }; broker: { id: string; name: string } }
beforeAll(async () => {
  const scene = await makeScene(db.pool)
  actor = { id: scene.userId, email: 'a@example.com', name: 'A', role: 'ADMIN', via: null }
  place = { wallet: { id: scene.walletId, name: 'W' }, broker: { id: scene.brokerId, name: 'B' } }
  await removeCredential(db.prisma, actor, place)
})
const set = async (config: Record<string, unknown>) =>
  setCredential(db.prisma, await testKeys(), actor, { ...place, adapter }, config)
const load = async () => (await loadCredential(db.prisma, await testKeys(), place)).config

describe('setting a credential', () => {
  it('stores nothing in clear, and gives it back opened', async () => {
    await set(given)
    const row = await db.prisma.credential.findFirstOrThrow({ where: { wallet_id: place.wallet.id } })
    expect(JSON.stringify(row.config)).not.toMatch(/broker\.example|secret-token/)
    expect(await load()).toEqual(given)
  })

  it('merges what is given into what is there, and an empty value takes its key away', async () => {
    await set({ delay: '5' })
    expect(await load()).toEqual({ ...given, delay: '5' })
    await set({ delay: '', token: 'another-token' })
    expect(await load()).toEqual({ ...given, token: 'another-token' })
  })

  it('loses neither of two keys that are set at the same moment', async () => {
    const setting = () => Promise.all([set({ delay: '7' }), set({ token: 'a-third-token' })])
    await releaseTogether(db.pool, 'Credential', 2, setting)
    expect(await load()).toEqual({ ...given, token: 'a-third-token', delay: '7' })
  })

  it.each([
    [{ tokne: 'the-secret-token' }, /unknown key "tokne"/],
    [{ token: '' }, /missing key "token"/],
    [{ token: 'short' }, /"token":/],
    [{ url: 'no-url-secret' }, /"url":/],
  ])('refuses %j, names the key and what the adapter takes, and echoes no value', async (config, message) => {
    const before = await load()
    const error = await set(config).catch(thrown => thrown)
    expect(error).toMatchObject({
      code: 'INVALID_CREDENTIAL',
      message,
      hint: 'TWO_KEYS takes: url (required), token (required), delay',
    })
    for (const value of Object.values({ ...before, ...config }).filter(value => value !== '')) {
      expect(`${error.message} ${error.hint}`).not.toContain(`${value}`)
    }
    expect(await load()).toEqual(before)
  })

  it('is audited with the names of the keys only', async () => {
    const events = await db.prisma.auditEvent.findMany({ where: { action: 'credential.set' }, orderBy: { id: 'asc' } })
    expect(events[0]!.detail).toMatchObject({ keys: ['token', 'url'], adapter: 'TWO_KEYS' })
    expect(JSON.stringify(events)).not.toMatch(/secret|broker\.example/)
  })
})

it('masks secrets, keys that the adapter does not know, and a password in a URL', () => {
  expect(maskCredential({ ...given, old_key: 'was known once', delay: 5 }, adapter)).toEqual({
    url: 'https://********@broker.example/x',
    token: '********',
    old_key: '********',
    delay: 5,
  })
})

it('lists the keys from the adapter itself', () => {
  expect(describeKeys(sandbox as Adapter)).toBe('url (required)')
})

it('does not open with another CAMP_SECRET, and says so', async () => {
  const others = await openKeys({ secret: 'another-secret-of-enough-length', databaseUrl: undefined, home: '' })
  await expect(loadCredential(db.prisma, others, place)).rejects.toMatchObject({
    code: 'CREDENTIAL_UNREADABLE',
    message: /CAMP_SECRET/,
  })
})

it('is removed, and then is not found', async () => {
  expect(await removeCredential(db.prisma, actor, place)).toBe(true)
  expect(await removeCredential(db.prisma, actor, place)).toBe(false)
  await expect(load()).rejects.toMatchObject({
    code: 'CREDENTIAL_NOT_FOUND',
    hint: expect.stringContaining('camp credential set'),
  })
})

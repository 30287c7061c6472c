import { generateKeyPairSync } from 'node:crypto'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  issueToken,
  loadSession,
  readToken,
  removeSession,
  SESSION_MS,
  saveSession,
} from '../../../src/security/session.ts'
import { scratchFolder } from '../../support/scratch.ts'

const keys = generateKeyPairSync('ed25519')
const issued = new Date('2026-11-24T12:00:00.250Z')
const at = (ms: number) => ({ now: () => new Date(issued.getTime() + ms) })
const USER = { userId: 'user-1', makerId: null }
const request = { clock: at(0), lifetimeMs: SESSION_MS }

describe('a token', () => {
  it('says who its bearer is and when it was issued, to the millisecond', async () => {
    const { token, expiresAt } = await issueToken(keys, USER, request)
    expect(await readToken(keys, token, at(1000))).toEqual({ ...USER, issuedAt: issued })
    expect(expiresAt).toEqual(new Date('2026-11-25T00:00:00.250Z'))
  })

  it('ends when its time is over', async () => {
    const { token } = await issueToken(keys, USER, request)
    await expect(readToken(keys, token, at(SESSION_MS - 2000))).resolves.toBeDefined()
    await expect(readToken(keys, token, at(SESSION_MS + 1000))).rejects.toMatchObject({
      code: 'SESSION_EXPIRED',
      message: /expired/,
    })
  })

  it('is not believed when another secret signed it, or none did', async () => {
    const { token } = await issueToken(generateKeyPairSync('ed25519'), USER, request)
    const unsigned = new UnsecuredJWT()
      .setSubject('user-1')
      .setIssuer('camp')
      .setIssuedAt()
      .setExpirationTime('1h')
      .encode()
    const endless = await new SignJWT()
      .setProtectedHeader({ alg: 'EdDSA' })
      .setSubject('user-1')
      .setIssuer('camp')
      .sign(keys.privateKey)
    for (const forged of [token, unsigned, endless, 'nonsense', '']) {
      await expect(readToken(keys, forged, at(1000))).rejects.toMatchObject({
        code: 'SESSION_INVALID',
        hint: expect.stringContaining('camp login'),
      })
    }
  })
})

it('cannot be made with the public key: not as a signature, and not as a secret of another algorithm', async () => {
  const { publicKey } = keys
  await expect(issueToken({ privateKey: publicKey }, USER, request)).rejects.toThrow()
  const type = 'spki'
  const der = publicKey.export({ type, format: 'der' })
  for (const secret of [der, Buffer.from(publicKey.export({ type, format: 'pem' })), der.subarray(-32)]) {
    const forged = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('user-1')
      .setIssuer('camp')
      .setIssuedAt(issued.getTime() / 1000)
      .setExpirationTime('1h')
      .sign(secret)
    await expect(readToken({ publicKey }, forged, at(1))).rejects.toMatchObject({ code: 'SESSION_INVALID' })
  }
})

it('keeps the session in a private file, and forgets it', async () => {
  const home = scratchFolder('session')
  try {
    expect(await loadSession(home)).toBeUndefined()
    await saveSession(home, 'one')
    await saveSession(home, 'two')
    expect(await loadSession(home)).toBe('two')
    expect((await stat(join(home, 'session'))).mode & 0o777).toBe(0o600)
    expect(await removeSession(home)).toBe(true)
    expect(await removeSession(home)).toBe(false)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
})

import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { CampError, codeOf } from '../errors.ts'
import { replacePrivate } from '../files.ts'
import { t } from '../language/text.ts'
import type { SessionKey } from './session-key.ts'

/** The user of a token. */
export interface Bearer {
  userId: string
  /** The id of the user who created it for them, or set the password that they logged in with; null: they did it themselves. */
  makerId: string | null
}

/**
 * A token states its user and its issue time, and nothing else is taken from it. The role, and whether the user is enabled, are
 * read from the database (actor.ts).
 */
export interface SessionToken extends Bearer {
  issuedAt: Date
}

export const SESSION_MS = 12 * 3_600_000

const ISSUER = 'camp'
const MAKER = 'by'
/** Over Ed25519: a verifier cannot sign. */
const ALGORITHM = 'EdDSA'

export async function issueToken(
  key: Pick<SessionKey, 'privateKey'>,
  { userId, makerId }: Bearer,
  { clock, lifetimeMs }: { clock: Clock; lifetimeMs: number },
): Promise<{ token: string; expiresAt: Date }> {
  const { SignJWT } = await import('jose')
  const now = clock.now()
  const expiresAt = new Date(now.getTime() + lifetimeMs)
  const token = await new SignJWT(makerId === null ? {} : { [MAKER]: makerId })
    .setProtectedHeader({ alg: ALGORITHM })
    .setIssuer(ISSUER)
    .setSubject(userId)
    // With milliseconds: a whole second would put a login before the password change of the same second.
    .setIssuedAt(now.getTime() / 1000)
    .setExpirationTime(Math.floor(expiresAt.getTime() / 1000))
    .sign(key.privateKey)
  return { token, expiresAt }
}

/** A signed token may have been created by another program that has the secret. */
const claims = z.object({
  sub: z.string(),
  iat: z.number().min(0).max(8.64e12),
  [MAKER]: z.uuid().nullable().default(null),
})

/** @throws CampError AUTH if it is expired, or not signed by this installation */
export async function readToken(
  key: Pick<SessionKey, 'publicKey'>,
  token: string,
  clock: Clock,
): Promise<SessionToken> {
  // Loaded here: most commands of embedded mode read no token.
  const { errors, jwtVerify } = await import('jose')
  try {
    const { payload } = await jwtVerify(token, key.publicKey, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      requiredClaims: ['sub', 'iat', 'exp'],
      currentDate: clock.now(),
    })
    const { sub, iat, [MAKER]: makerId } = claims.parse(payload)
    return { userId: sub, makerId, issuedAt: new Date(Math.round(iat * 1000)) }
  } catch (cause) {
    if (cause instanceof errors.JWTExpired)
      throw new CampError('SESSION_EXPIRED', t`the session has expired`, { hint: logInHint(), cause })
    if (cause instanceof errors.JOSEError || cause instanceof z.ZodError) {
      throw new CampError('SESSION_INVALID', t`the session or CAMP_TOKEN is not valid here`, {
        hint: logInHint(),
        cause,
      })
    }
    throw cause
  }
}

/** The hint of an error about a session. */
export function logInHint(): string {
  return t`Run: camp login (or set CAMP_TOKEN again, from: camp user token EMAIL)`
}

export async function saveSession(home: string, token: string): Promise<void> {
  await replacePrivate(sessionFile(home), `${token}\n`)
}

export async function loadSession(home: string): Promise<string | undefined> {
  try {
    return (await readFile(sessionFile(home), 'utf8')).trim()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** @returns false if there was none */
export async function removeSession(home: string): Promise<boolean> {
  try {
    await rm(sessionFile(home))
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}

function sessionFile(home: string): string {
  return join(home, 'session')
}

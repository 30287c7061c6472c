import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import type pg from 'pg'
import { z } from 'zod'
import { locking } from '../database/lock-order.ts'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Keys } from './keys.ts'
import { openSealed, sealJson } from './seal.ts'

/**
 * The Ed25519 pair of an installation: the private key signs sessions and tokens, and is stored sealed in the database; the
 * public key verifies them. So neither the database without the secret nor a verifier can create a session.
 */
export interface SessionKey {
  publicKey: KeyObject
  privateKey: KeyObject
}

const ROW = 'SecretFingerprint 1 session'

/**
 * For a process whose secret was verified (`assertSecret`). A database of an earlier camp gets its pair here.
 * @throws CampError STATE if the public key does not match the sealed private key
 */
export async function openSessionKey(pool: pg.Pool, keys: Pick<Keys, 'sealing'>): Promise<SessionKey> {
  const stored = await readRow(pool)
  if (stored) return opened(stored, keys)
  return transaction(pool, async tx => {
    // Of two processes the second waits here, and finds what the first has written.
    await locking(tx, 'SecretFingerprint').query(`SELECT 1 FROM "SecretFingerprint" FOR UPDATE`)
    const made = await readRow(tx)
    return made ? opened(made, keys) : writeSessionKey(tx, keys)
  })
}

/** A new pair: all earlier sessions and tokens are void. In a transaction that holds the fingerprint's lock. */
export async function writeSessionKey(tx: Tx, keys: Pick<Keys, 'sealing'>): Promise<SessionKey> {
  const pair = generateKeyPairSync('ed25519')
  const sealed = sealJson(keys, base64Of(pair.privateKey.export({ type: 'pkcs8', format: 'der' })), ROW)
  await tx.query(`UPDATE "SecretFingerprint" SET session_public = $1, session_private = $2`, [
    publicText(pair.publicKey),
    sealed,
  ])
  return pair
}

interface StoredKey {
  session_public: string
  session_private: unknown
}

async function readRow(sql: Sql): Promise<StoredKey | undefined> {
  const { rows } = await sql.query<StoredKey>(
    `SELECT session_public, session_private FROM "SecretFingerprint" WHERE session_public IS NOT NULL`,
  )
  return rows[0]
}

function opened({ session_public, session_private }: StoredKey, keys: Pick<Keys, 'sealing'>): SessionKey {
  const der = z.base64().parse(openSealed(keys, session_private, ROW))
  const privateKey = createPrivateKey({ key: Buffer.from(der, 'base64'), type: 'pkcs8', format: 'der' })
  const publicKey = createPublicKey(privateKey)
  // A pair that was inserted by hand would let its creator sign for every user.
  if (publicText(publicKey) === session_public) return { publicKey, privateKey }
  throw new CampError('SESSION_KEY_CHANGED', t`the public key of sessions in the database was not created by camp`, {
    hint: t`Find out what wrote to the table SecretFingerprint, then empty its columns session_public and\nsession_private: a
      new key pair is created, and existing sessions and tokens become void.`,
  })
}

function publicText(key: KeyObject): string {
  return base64Of(key.export({ type: 'spki', format: 'der' }))
}

function base64Of(bytes: Buffer): string {
  return bytes.toString('base64')
}

import { hkdfSync, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { CampError } from '../errors.ts'
import { readOrCreate } from '../files.ts'
import { t } from '../language/text.ts'

/** One key per use, 32 bytes each, all derived from one secret: CAMP_SECRET, or embedded mode's own. */
export interface Keys {
  /** Seals credentials (seal.ts) and the key that signs sessions (session-key.ts). */
  sealing: Buffer
  /** Derives the webhooks' tokens (webhook-token.ts). */
  webhook: Buffer
  /** Signs the audit's events and the checkpoints of the records (event-mac.ts, checkpoints.ts). */
  records: Buffer
  origin: SecretOrigin
}

/** The source of a secret, for errors. */
export interface SecretOrigin {
  /** "CAMP_SECRET", or the file. */
  name: string
  /** What to do if it is not the database's. */
  cure: string
}

type SecretConfig = Pick<Config, 'secret' | 'databaseUrl' | 'home'>

/**
 * In embedded mode the secret is generated once and kept in CAMP_HOME.
 * @throws CampError USAGE in server mode without CAMP_SECRET: every machine must be given the same
 */
export async function openKeys(config: SecretConfig): Promise<Keys> {
  if (config.secret !== undefined) return keysOf(config.secret, { name: 'CAMP_SECRET', cure: cureOf(config) })
  const { databaseUrl, home } = config
  if (databaseUrl) {
    throw new CampError(
      'SECRET_MISSING',
      t`CAMP_SECRET is not set: with DATABASE_URL it is required, the same on every machine`,
      {
        hint: t`Generate one and keep it safe, because credentials cannot be read without it: openssl rand -base64 32`,
      },
    )
  }
  const kept = await readOrCreate(secretFile(home), newSecret)
  return keysOf(kept.trim(), keptOrigin(home))
}

export function keysOf(secret: string, origin: SecretOrigin): Keys {
  return {
    sealing: derive(secret, 'sealing'),
    webhook: derive(secret, 'webhook'),
    records: derive(secret, 'records'),
    origin,
  }
}

/** 32 random bytes, in characters that every environment file accepts. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** The file of embedded mode's secret. */
export function secretFile(home: string): string {
  return join(home, 'secret')
}

export function keptOrigin(home: string): SecretOrigin {
  return {
    name: t`the secret in ${secretFile(home)}`,
    cure: t`Restore that file from a backup of CAMP_HOME, or set CAMP_SECRET to what this database was sealed with
      (docs/security.md).`,
  }
}

function cureOf({ databaseUrl, home }: SecretConfig): string {
  return databaseUrl
    ? t`Set CAMP_SECRET to the secret of the other machines, after camp secret rotate the new one (docs/security.md).`
    : t`Without CAMP_SECRET in the environment the secret is the one kept in ${secretFile(home)} (docs/security.md).`
}

function derive(secret: string, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `camp ${use} v1`, 32))
}

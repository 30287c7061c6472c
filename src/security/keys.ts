import { hkdfSync, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { CampError } from '../errors.ts'
import { readOrCreate } from '../files.ts'

/** One key for each use, 32 bytes each, all derived from one secret: CAMP_SECRET, or embedded mode's own. */
export interface Keys {
  /** Seals credentials (seal.ts). */
  sealing: Buffer
  /** Signs sessions and tokens (session.ts). */
  session: Buffer
  /** Makes the webhooks' tokens (webhook-token.ts). */
  webhook: Buffer
}

/**
 * In embedded mode the secret is made once and kept in CAMP_HOME.
 * @throws CampError USAGE in server mode without CAMP_SECRET: every machine must be given the same
 */
export async function openKeys(config: Pick<Config, 'secret' | 'databaseUrl' | 'home'>): Promise<Keys> {
  const secret = config.secret ?? (await ownSecret(config))
  return { sealing: derive(secret, 'sealing'), session: derive(secret, 'session'), webhook: derive(secret, 'webhook') }
}

async function ownSecret({ databaseUrl, home }: Pick<Config, 'databaseUrl' | 'home'>): Promise<string> {
  if (databaseUrl) {
    throw new CampError(
      'USAGE',
      'CAMP_SECRET is not set: with DATABASE_URL it must be, and be the same on every machine',
      {
        hint: 'Make one and keep it safe, credentials cannot be read without it: openssl rand -base64 32',
      },
    )
  }
  return (await readOrCreate(join(home, 'secret'), () => randomBytes(32).toString('base64url'))).trim()
}

function derive(secret: string, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `camp ${use} v1`, 32))
}

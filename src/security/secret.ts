import { randomBytes } from 'node:crypto'
import { access, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type pg from 'pg'
import type { Config } from '../config.ts'
import type { Sql } from '../database/pool.ts'
import { codeOf } from '../errors.ts'
import { replacePrivate, syncFolder } from '../files.ts'
import { t } from '../language/text.ts'
import { assertSecret, isSecretInUse, SecretMismatch, secretState } from './fingerprint.ts'
import { type Keys, keptOrigin, keysOf, openKeys, secretFile } from './keys.ts'

export interface OpenedSecret {
  keys: Keys
  /** The file whose secret was put in place after a rotation died after its commit. */
  adopted: string | undefined
}

type SecretConfig = Pick<Config, 'secret' | 'databaseUrl' | 'home'>

/**
 * The secret of this process, verified against the database's. In embedded mode it is kept in CAMP_HOME: generated for a
 * database that has none, and put in place if a rotation died between its commit and its last step.
 * @throws SecretMismatch; CampError USAGE in server mode without CAMP_SECRET
 */
export async function openSecret(pool: pg.Pool, config: SecretConfig): Promise<OpenedSecret> {
  try {
    // A newly generated secret would match nothing, and look like the lost one.
    if (isKept(config) && !(await exists(secretFile(config.home))) && (await isSecretInUse(pool))) {
      const origin = keptOrigin(config.home)
      throw new SecretMismatch(origin, t`${origin.name} is missing: nothing was changed`)
    }
    const keys = await openKeys(config)
    await assertSecret(pool, keys)
    return { keys, adopted: undefined }
  } catch (error) {
    const keys = error instanceof SecretMismatch && isKept(config) ? await adopt(pool, config.home) : undefined
    if (!keys) throw error
    return { keys, adopted: secretFile(config.home) }
  }
}

/** Whether camp keeps the secret itself. */
export function isKept({ secret, databaseUrl }: SecretConfig): boolean {
  return secret === undefined && databaseUrl === undefined
}

/**
 * Writes the next secret next to the current one: the rotation's commit decides which of the two is valid. No two rotations
 * share a file, and only the holder of the fingerprint's lock removes others.
 * @returns the file, for `keepNext`
 */
export async function writeNext(home: string, secret: string): Promise<string> {
  for (const file of await nextFiles(home)) await rm(file, { force: true })
  const file = `${secretFile(home)}${NEXT}${randomBytes(6).toString('hex')}`
  await replacePrivate(file, `${secret}\n`)
  return file
}

/** After the commit. Another process may have found it and put it in place already. */
export async function keepNext(home: string, file: string): Promise<void> {
  try {
    await rename(file, secretFile(home))
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  await syncFolder(secretFile(home))
}

const NEXT = '.next-'

async function adopt(sql: Sql, home: string): Promise<Keys | undefined> {
  for (const file of await nextFiles(home)) {
    const secret = await readFile(file, 'utf8').catch(() => undefined)
    if (secret === undefined) continue
    const keys = keysOf(secret.trim(), keptOrigin(home))
    if ((await secretState(sql, keys)) !== 'OURS') continue
    await keepNext(home, file)
    return keys
  }
  // The rotation itself, or another process, has put it in place meanwhile.
  const secret = await readFile(secretFile(home), 'utf8').catch(() => undefined)
  const keys = secret === undefined ? undefined : keysOf(secret.trim(), keptOrigin(home))
  return keys && (await secretState(sql, keys)) === 'OURS' ? keys : undefined
}

async function nextFiles(home: string): Promise<string[]> {
  const file = secretFile(home)
  const names = await readdir(dirname(file)).catch(() => [])
  return names.map(name => join(dirname(file), name)).filter(path => path.startsWith(`${file}${NEXT}`))
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

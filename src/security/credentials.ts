import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import type { Adapter } from '../broker/port.ts'
import type { Sql } from '../database/pool.ts'
import type { PrismaClient } from '../database/prisma.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { wrongValue } from '../language/wrong-value.ts'
import type { Actor } from './actor.ts'
import { auditRow } from './audit-log.ts'
import { holdSecret } from './fingerprint.ts'
import type { Keys } from './keys.ts'
import { openSealed, opens, sealJson } from './seal.ts'

/** A wallet's configuration at a broker, unsealed. It is sealed in the database, and its values are never displayed. */
export type CredentialConfig = Readonly<Record<string, unknown>>

export interface CredentialScope {
  wallet: { id: string; name: string }
  broker: { id: string; name: string }
}

/** @throws CampError NOT_FOUND; STATE if it was sealed with another secret than the database's */
export async function loadCredential(
  prisma: Pick<PrismaClient, 'credential'>,
  keys: Keys,
  { wallet, broker }: CredentialScope,
): Promise<{ id: string; config: CredentialConfig; updatedAt: Date }> {
  const row = await prisma.credential.findUnique({
    where: { wallet_id_broker_id: { wallet_id: wallet.id, broker_id: broker.id } },
  })
  if (!row) {
    throw new CampError(
      'CREDENTIAL_NOT_FOUND',
      t`wallet "${wallet.name}" has no credential at broker "${broker.name}"`,
      {
        hint: t`Run: camp credential set "${wallet.name}" "${broker.name}" key=value`,
      },
    )
  }
  if (!opens(keys, row.config, row.id)) {
    const what = t`the credential of "${wallet.name}" at "${broker.name}" cannot be opened: it was sealed with another
      CAMP_SECRET`
    throw new CampError('CREDENTIAL_UNREADABLE', what, {
      hint: t`Set it again, with all its keys: camp credential set "${wallet.name}" "${broker.name}" key=value`,
    })
  }
  return { id: row.id, config: configOf(openSealed(keys, row.config, row.id)), updatedAt: row.updated_at }
}

/**
 * Merges `given` into the existing credential; an empty value removes its key. An existing one that cannot be unsealed is
 * replaced as a whole. The result is validated before it is stored.
 * @throws CampError DATA, naming the keys that are unknown, missing or wrong, and never a value; SecretMismatch
 */
export async function setCredential(
  prisma: PrismaClient,
  keys: Keys,
  actor: Pick<Actor, 'id'>,
  place: CredentialScope & { adapter: Adapter },
  given: CredentialConfig,
): Promise<CredentialConfig> {
  const { wallet, broker, adapter } = place
  const where = { wallet_id_broker_id: { wallet_id: wallet.id, broker_id: broker.id } }
  return prisma.$transaction(async tx => {
    await holdSecret(tx, keys)
    // Two users who set different keys concurrently must not undo each other's change.
    await tx.$queryRaw`SELECT id FROM "Wallet" WHERE id = ${wallet.id}::uuid FOR NO KEY UPDATE`
    const row = await tx.credential.findUnique({ where })
    const replaced = row !== null && !opens(keys, row.config, row.id)
    const before = row && !replaced ? configOf(openSealed(keys, row.config, row.id)) : {}
    const config = Object.fromEntries(Object.entries({ ...before, ...given }).filter(([, value]) => value !== ''))
    assertFits(config, place, replaced)
    const id = row?.id ?? uuidv7()
    const sealed = sealJson(keys, config, id)
    await tx.credential.upsert({
      where,
      create: { id, wallet_id: wallet.id, broker_id: broker.id, config: sealed },
      update: { config: sealed },
    })
    const detail = {
      wallet: wallet.name,
      broker: broker.name,
      adapter: adapter.name,
      keys: Object.keys(given).sort(),
      ...(replaced && { replaced }),
    }
    await tx.auditEvent.create({
      data: auditRow({ userId: actor.id, action: 'credential.set', subject: 'Credential', subjectId: id, detail }),
    })
    return config
  })
}

export async function hasCredential(
  sql: Sql,
  { wallet_id, broker_id }: { wallet_id: string; broker_id: string },
): Promise<boolean> {
  const { rowCount } = await sql.query(`SELECT 1 FROM "Credential" WHERE wallet_id = $1 AND broker_id = $2`, [
    wallet_id,
    broker_id,
  ])
  return rowCount === 1
}

export interface CredentialRow {
  wallet: string
  broker: string
  adapter: string
  updated_at: Date
}

/** Which wallet has one at which broker, in the order of their names. */
export async function listCredentials(prisma: PrismaClient): Promise<CredentialRow[]> {
  const rows = await prisma.credential.findMany({
    select: { wallet: { select: { name: true } }, broker: { select: { name: true, adapter: true } }, updated_at: true },
  })
  return rows
    .map(({ wallet, broker, updated_at }) => ({
      wallet: wallet.name,
      broker: broker.name,
      adapter: broker.adapter,
      updated_at,
    }))
    .sort((a, b) => a.wallet.localeCompare(b.wallet) || a.broker.localeCompare(b.broker))
}

/** Called before an approval: without a credential the first message would fail the campaign. @throws CampError STATE */
export async function assertCredential(
  sql: Sql,
  row: { wallet_id: string; wallet: string; broker_id: string; broker: string },
): Promise<void> {
  if (await hasCredential(sql, row)) return
  throw new CampError('CREDENTIAL_MISSING', t`wallet "${row.wallet}" has no credential at broker "${row.broker}"`, {
    hint: t`Run: camp credential set "${row.wallet}" "${row.broker}" key=value`,
  })
}

/** @returns false if there was none */
export async function removeCredential(
  prisma: PrismaClient,
  actor: Pick<Actor, 'id'>,
  { wallet, broker }: CredentialScope,
): Promise<boolean> {
  return prisma.$transaction(async tx => {
    const where = { wallet_id: wallet.id, broker_id: broker.id }
    const row = await tx.credential.findUnique({ where: { wallet_id_broker_id: where }, select: { id: true } })
    if (!row) return false
    // Another removal may have come in between.
    if ((await tx.credential.deleteMany({ where: { id: row.id } })).count === 0) return false
    const detail = { wallet: wallet.name, broker: broker.name }
    await tx.auditEvent.create({
      data: auditRow({
        userId: actor.id,
        action: 'credential.remove',
        subject: 'Credential',
        subjectId: row.id,
        detail,
      }),
    })
    return true
  })
}

/** The displayable form: secrets, keys that the adapter does not know, and passwords and query values in URLs are hidden. */
export function maskCredential(config: CredentialConfig, adapter: Adapter): Record<string, unknown> {
  const shown = new Set([...keysOf(adapter).known].filter(key => !adapter.secrets.includes(key)))
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, shown.has(key) ? withoutKeysOf(value) : HIDDEN]),
  )
}

const HIDDEN = '********'

function withoutKeysOf(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\w+:\/\//.test(value)) return value
  const [, address = '', query = ''] = /^([^?#]*)(.*)$/s.exec(value) ?? []
  // ?token=… and #access_token=…; a value without a name may be a key itself.
  const shown = query.replace(/([?#&;])([^=&;#]*=)?[^&;#]*/g, (part, sign: string, name = '') =>
    part === sign ? sign : `${sign}${name}${HIDDEN}`,
  )
  return address.replace(/^(\w+:\/\/)[^/]*@/, `$1${HIDDEN}@`) + shown
}

/** "url (required), token (required), start": the keys of this adapter's credential. */
export function describeKeys(adapter: Adapter): string {
  const { known, required } = keysOf(adapter)
  return [...known].map(key => (required.has(key) ? t`${key} (required)` : key)).join(', ')
}

function assertFits(
  config: CredentialConfig,
  { wallet, broker, adapter }: CredentialScope & { adapter: Adapter },
  replaced: boolean,
): void {
  const read = adapter.credential.safeParse(config, { error: wrongValue })
  if (read.success) return
  const whole = replaced ? t`the stored one cannot be opened, so all of its keys are required; ` : ''
  throw new CampError(
    'INVALID_CREDENTIAL',
    t`the credential of "${wallet.name}" at "${broker.name}": ${whole}${flawOf(config, read.error)}`,
    { hint: t`${adapter.name} takes: ${describeKeys(adapter)}` },
  )
}

/** Why an adapter's schema rejects a credential: the keys that are unknown, missing or wrong, and never a value. */
export function flawOf(config: unknown, error: z.ZodError): string {
  const given: Readonly<Record<string, unknown>> = typeof config === 'object' && config !== null ? { ...config } : {}
  const wrong = error.issues.map(issue => {
    const key = issue.path.join('.')
    if (issue.code === 'unrecognized_keys') return t`unknown key ${issue.keys.map(name => `"${name}"`).join(', ')}`
    if (key !== '' && given[key] === undefined) return t`missing key "${key}"`
    return key === '' ? issue.message : `"${key}": ${issue.message}`
  })
  return wrong.join('; ')
}

const objectSchema = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
})

/** Read from the adapter's own schema, so that there is no second list. */
function keysOf(adapter: Adapter): { known: Set<string>; required: Set<string> } {
  const schema = objectSchema.parse(z.toJSONSchema(adapter.credential, { io: 'input', unrepresentable: 'any' }))
  return { known: new Set(Object.keys(schema.properties)), required: new Set(schema.required) }
}

function configOf(opened: unknown): CredentialConfig {
  return z.record(z.string(), z.unknown()).parse(opened)
}

import type pg from 'pg'
import { type Sql, type Tx, transaction } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Actor } from './actor.ts'
import { recordAudit } from './audit-log.ts'

/**
 * Settings of the whole installation: they are in the database, not in the environment of the calling process, so that a user
 * cannot change a setting that restricts them.
 */
export const SETTINGS = {
  'self-approval': {
    values: ['deny', 'allow'],
    standard: 'deny',
    meaning: () => t`whether an ADMIN may approve a campaign that they imported themselves`,
  },
} as const

export type SettingName = keyof typeof SETTINGS
export type SettingValue<Name extends SettingName> = (typeof SETTINGS)[Name]['values'][number]

export const selfApprovalHint = () =>
  t`Add another ADMIN: camp user add. Or allow importers to approve their own: camp setting set self-approval allow`

/** @throws CampError STATE if the table contains an invalid value */
export async function settingOf<Name extends SettingName>(sql: Sql, name: Name): Promise<SettingValue<Name>> {
  const { rows } = await sql.query<{ value: string }>(`SELECT value FROM "Setting" WHERE name = $1`, [name])
  return readValue(name, rows[0]?.value)
}

export interface SettingView {
  name: SettingName
  value: string
  standard: string
  meaning: string
  /** null: never set. */
  set_at: Date | null
}

export async function listSettings(sql: Sql): Promise<SettingView[]> {
  const { rows } = await sql.query<{ name: string; value: string; set_at: Date }>(`SELECT * FROM "Setting"`)
  return (Object.keys(SETTINGS) as SettingName[]).map(name => {
    const row = rows.find(one => one.name === name)
    const { standard, meaning } = SETTINGS[name]
    return { name, value: readValue(name, row?.value), standard, meaning: meaning(), set_at: row?.set_at ?? null }
  })
}

/**
 * @param text in any case
 * @returns the value, and the old one
 * @throws CampError INVALID_ARGUMENT where it is no value of this setting
 */
export async function changeSetting<Name extends SettingName>(
  pool: pg.Pool,
  actor: Pick<Actor, 'id'>,
  name: Name,
  text: string,
  now: Date,
): Promise<{ from: SettingValue<Name>; to: SettingValue<Name> }> {
  const values: readonly SettingValue<Name>[] = SETTINGS[name].values
  const to = values.find(one => one === text.toLowerCase())
  if (to === undefined) throw new CampError('INVALID_ARGUMENT', t`${name} takes ${values.join(' or ')}, not "${text}"`)
  return { from: await transaction(pool, tx => writeSetting(tx, actor, name, to, now)), to }
}

/** @returns the old value */
async function writeSetting<Name extends SettingName>(
  tx: Tx,
  actor: Pick<Actor, 'id'>,
  name: Name,
  value: SettingValue<Name>,
  now: Date,
): Promise<SettingValue<Name>> {
  // Of two concurrent changes the second one's audit event has the first one's value as the old value.
  await tx.query(`LOCK TABLE "Setting" IN SHARE ROW EXCLUSIVE MODE`)
  const from = await settingOf(tx, name)
  await tx.query(
    `INSERT INTO "Setting" (name, value, set_at) VALUES ($1, $2, $3)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value, set_at = excluded.set_at`,
    [name, value, now],
  )
  const detail = { value: { from, to: value } }
  await recordAudit(tx, { userId: actor.id, action: 'setting.set', subject: 'Setting', subjectId: name, detail })
  return from
}

function readValue<Name extends SettingName>(name: Name, stored: string | undefined): SettingValue<Name> {
  const { values, standard } = SETTINGS[name]
  if (stored === undefined) return standard
  const value = values.find(one => one === stored)
  if (value !== undefined) return value
  throw new CampError(
    'SETTING_DAMAGED',
    t`the setting ${name} is "${stored}" in the database, and must be ${values.join(' or ')}`,
    {
      hint: t`Set it again: camp setting set ${name} ${standard}`,
    },
  )
}

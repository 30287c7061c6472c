import { messageOf } from '../errors.ts'
import { holdOf } from '../installation/installation.ts'
import { storedText } from '../language/stored/stored-text.ts'
import { t } from '../language/text.ts'
import { secretState } from '../security/fingerprint.ts'
import { openKeys } from '../security/keys.ts'
import { adminsOf } from '../security/permissions.ts'
import { assertStrongSecret } from '../security/secret-strength.ts'
import type { DatabaseDeps } from './deps.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

export async function checkSecret({ pool, config }: DatabaseDeps): Promise<Finding[]> {
  const keys = await openKeys(config)
  const { name, cure } = keys.origin
  const state = await secretState(pool, keys)
  if (state === 'OTHER') return [fail(t`secret`, t`${name} is not the secret of this database`, cure)]
  const weak = config.secret === undefined ? undefined : weaknessOf(config.secret, name)
  if (weak !== undefined) return [warn(t`secret`, weak, t`Replace it: camp secret rotate`)]
  if (state === 'NONE') return [ok(t`secret`, t`${name}, which the first login will bind to this database`)]
  return [ok(t`secret`, t`${name} is the secret of this database`)]
}

function weaknessOf(secret: string, name: string): string | undefined {
  try {
    assertStrongSecret(secret, name)
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

export async function checkUsers({ pool, config }: DatabaseDeps): Promise<Finding[]> {
  const admins = await adminsOf(pool)
  if (admins.length > 0) return [ok(t`users`, t`${admins.length} ADMIN(s)`)]
  // In embedded mode the first command makes the user of the operating system an ADMIN.
  if (config.databaseUrl === undefined)
    return [ok(t`users`, t`none yet: the user of the operating system will be an ADMIN`)]
  return [fail(t`users`, t`there is no ADMIN: no user can log in`, t`Run: camp init`)]
}

export async function checkHold({ pool }: DatabaseDeps): Promise<Finding[]> {
  const hold = await holdOf(pool)
  if (!hold) return [ok(t`hold`, t`sending from this database is allowed`)]
  return [
    fail(
      t`hold`,
      t`nothing is sent: ${storedText(hold.reason)}`,
      t`See what may have been sent: camp db accept-restore --show`,
    ),
  ]
}

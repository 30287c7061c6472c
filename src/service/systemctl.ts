import { execa } from 'execa'
import { CampError, messageOf } from '../errors.ts'
import { t } from '../language/text.ts'
import type { ServiceOptions } from './units.ts'

type Scope = ServiceOptions['scope']

/** What the service manager says of a unit. */
export interface UnitActivity {
  /** "active", "inactive", "failed", "activating" …; null: there is no service manager to ask. */
  active: string | null
  /** "enabled", "disabled", "static" …; null: as above, or there is no such unit. */
  enabled: string | null
}

/** Has the service manager read the units again. @returns false if none is running, as in a container or a chroot */
export async function reloadUnits(scope: Scope): Promise<boolean> {
  const done = await systemctl(scope, ['daemon-reload'])
  return done.exitCode === 0
}

/** Stops and disables units. @throws CampError if the service manager refuses; does nothing if none is running */
export async function disableUnits(scope: Scope, names: readonly string[]): Promise<void> {
  if ((await activityOf(scope, names[0]!)).active === null) return
  const done = await systemctl(scope, ['disable', '--now', ...names])
  if (done.exitCode === 0) return
  throw new CampError('SERVICE_MANAGER_REFUSED', t`systemctl disable failed: ${done.stderr.trim()}`, {
    hint: t`System units belong to root: run it with sudo. The files were not removed.`,
  })
}

export async function activityOf(scope: Scope, name: string): Promise<UnitActivity> {
  const [active, enabled] = await Promise.all([
    systemctl(scope, ['is-active', name]),
    systemctl(scope, ['is-enabled', name]),
  ])
  const word = (said: { stdout: string }) => /^[a-z-]+$/.exec(said.stdout.trim())?.[0] ?? null
  const hasManager = !/not been booted|Failed to connect/.test(active.stderr)
  return { active: hasManager ? word(active) : null, enabled: hasManager ? word(enabled) : null }
}

/** @returns its exit code, undefined if there is no systemctl, and what it said */
async function systemctl(scope: Scope, words: readonly string[]) {
  const argv = scope === 'USER' ? ['--user', ...words] : words
  const { exitCode, stdout, stderr, failed, ...rest } = await execa('systemctl', argv, { reject: false })
  const reason = failed && exitCode === undefined ? `Failed to connect: ${messageOf(rest)}` : ''
  return { exitCode, stdout: stdout ?? '', stderr: `${stderr ?? ''}${reason}` }
}

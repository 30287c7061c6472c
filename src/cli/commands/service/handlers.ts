import { access, constants } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { CampError } from '../../../errors.ts'
import { t } from '../../../language/text.ts'
import { activityOf, disableUnits, reloadUnits } from '../../../service/systemctl.ts'
import { fileText, removeUnit, stateOf, type UnitState, writeUnit } from '../../../service/unit-files.ts'
import { type ServiceOptions, type Unit, unitsOf } from '../../../service/units.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { confirm } from '../../prompt.ts'
import type * as commands from './index.ts'

type UnitOptions = OptionsOf<typeof commands.status>

export async function install(context: Context, options: OptionsOf<typeof commands.install>): Promise<void> {
  const wanted = serviceOptions(options)
  const units = unitsOf(wanted)
  if (options.print) return print(context, units)
  if (options.root === undefined) await assertProgram(wanted.program)
  const folder = folderOf(options)
  const states = await statesOf(folder, units)
  const replaced = states.filter(({ state }) => state === 'FOREIGN' || state === 'EDITED')
  if (replaced.length > 0) {
    const names = replaced.map(({ unit, state }) => `${unit.name} (${words()[state]})`).join(', ')
    await confirm(context, t`Replace ${names} in ${folder}?`)
  }
  const written = states.filter(({ state }) => state !== 'CURRENT').map(({ unit }) => unit)
  for (const unit of written) await writeUnit(folder, unit)
  const reloaded = options.root === undefined && (await reloadUnits(wanted.scope))
  context.out.result(
    { folder, written: written.map(({ name }) => name), reloaded },
    written.length === 0
      ? t`Nothing to do: the units in ${folder} are current.`
      : written.map(({ name }) => t`Wrote ${join(folder, name)}`),
  )
  for (const line of nextSteps(wanted, options, reloaded)) context.out.talk(line)
}

function print(context: Context, units: readonly Unit[]): void {
  const texts = units.map(unit => ({ name: unit.name, content: fileText(unit) }))
  context.out.result(texts, () => texts.flatMap(({ name, content }) => [`# ${name}`, ...content.split('\n')]))
}

/** A unit of a program that is not there would fail at each start. */
async function assertProgram(program: string): Promise<void> {
  await access(program, constants.X_OK).catch(cause => {
    throw new CampError('FILE_NOT_FOUND', t`${program} is not there, or cannot be run`, {
      hint: t`Name the path of camp with --program. As a package it is installed with npm install -g --prefix /usr.`,
      cause,
    })
  })
}

function nextSteps({ scope, settings, user }: ServiceOptions, options: UnitOptions, reloaded: boolean): string[] {
  const systemctl = `systemctl${scope === 'USER' ? ' --user' : ''}`
  return [
    scope === 'USER'
      ? t`Before the first start: the settings in ${settings}; loginctl enable-linger lets it run without a session.`
      : t`Before the first start: the user ${user}, and the settings in ${settings}.`,
    ...(reloaded || options.root !== undefined
      ? []
      : [t`systemd is not running here. Where it runs: ${systemctl} daemon-reload`]),
    t`Next: ${systemctl} enable --now camp-worker`,
    t`On a machine that starts campaigns and has no worker: ${systemctl} enable --now camp-due.timer`,
  ]
}

export async function uninstall(context: Context, options: OptionsOf<typeof commands.uninstall>): Promise<void> {
  const folder = folderOf(options)
  const scope = scopeOf(options)
  // The states ABSENT, EDITED and FOREIGN do not depend on the options of the units.
  const states = await statesOf(folder, unitsOf(serviceOptions({ ...DEFAULTS, ...options })))
  const found = states.filter(({ state }) => state !== 'ABSENT' && state !== 'FOREIGN').map(({ unit }) => unit.name)
  const kept = states.filter(({ state }) => state === 'FOREIGN').map(({ unit }) => unit.name)
  for (const name of kept) context.out.warn(t`${join(folder, name)} was not written by camp: it stays.`)
  if (found.length > 0) {
    await confirm(context, t`Stop and remove ${found.join(', ')} in ${folder}?`)
    // The service is started by its timer, and cannot be disabled.
    const enabled = found.filter(name => name !== 'camp-due.service')
    if (options.root === undefined && enabled.length > 0) await disableUnits(scope, enabled)
    for (const name of found) await removeUnit(folder, name)
    if (options.root === undefined) await reloadUnits(scope)
  }
  context.out.result(
    { folder, removed: found, kept },
    found.length === 0 ? t`Nothing to do: no unit of camp is in ${folder}.` : t`Removed ${found.join(', ')}.`,
  )
}

export async function status(context: Context, options: UnitOptions): Promise<void> {
  const wanted = serviceOptions(options)
  const folder = folderOf(options)
  const rows = await Promise.all(
    (await statesOf(folder, unitsOf(wanted))).map(async ({ unit: { name }, state }) => ({
      unit: name,
      file: join(folder, name),
      state,
      ...(options.root === undefined ? await activityOf(wanted.scope, name) : { active: null, enabled: null }),
    })),
  )
  context.out.list(
    rows,
    [
      { title: t`UNIT`, value: row => row.unit },
      { title: t`FILE`, value: row => words()[row.state] },
      { title: t`ACTIVE`, value: row => row.active ?? '–' },
      { title: t`ENABLED`, value: row => row.enabled ?? '–' },
    ],
    t`No units.`,
  )
  if (rows.some(({ state }) => state === 'OURS'))
    context.out.talk(
      t`A file has other options, or is of another version of camp: camp service install writes it again.`,
    )
}

const words = (): Readonly<Record<UnitState, string>> => ({
  ABSENT: t`not installed`,
  CURRENT: t`as camp writes it`,
  OURS: t`other options or version`,
  EDITED: t`edited since`,
  FOREIGN: t`not written by camp`,
})

const DEFAULTS = { runAs: 'camp', program: '/usr/bin/camp', listen: '127.0.0.1:8080' }

type Place = { user?: true | undefined; root?: string | undefined }

function scopeOf({ user }: Place): ServiceOptions['scope'] {
  return user ? 'USER' : 'SYSTEM'
}

function folderOf({ user, root }: Place): string {
  return join(root ?? '/', user ? join(homedir(), '.config/systemd/user') : 'etc/systemd/system')
}

type Given = Pick<UnitOptions, 'user' | 'runAs' | 'settings' | 'home' | 'program' | 'listen'>

function serviceOptions(given: Partial<Given> & Pick<Given, 'runAs' | 'program' | 'listen'>): ServiceOptions {
  const { runAs, settings, home, program, listen } = given
  const scope = scopeOf(given)
  const usual =
    scope === 'USER'
      ? { settings: join(homedir(), '.config/camp.env'), home: join(homedir(), '.camp') }
      : { settings: '/etc/camp.env', home: '/var/lib/camp' }
  return { scope, user: runAs, settings: settings ?? usual.settings, home: home ?? usual.home, program, listen }
}

async function statesOf(folder: string, units: readonly Unit[]): Promise<{ unit: Unit; state: UnitState }[]> {
  return Promise.all(units.map(async unit => ({ unit, state: await stateOf(folder, unit) })))
}

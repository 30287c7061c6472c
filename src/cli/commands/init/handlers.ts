import { schemaState, serverVersion } from '../../../database/migrations.ts'
import { examine } from '../../../doctor/doctor.ts'
import type { Finding } from '../../../doctor/finding.ts'
import { CampError } from '../../../errors.ts'
import { t } from '../../../language/text.ts'
import { secretState } from '../../../security/fingerprint.ts'
import { hasUsers } from '../../../security/has-users.ts'
import { newSecret, openKeys } from '../../../security/keys.ts'
import { assertGoodPassword } from '../../../security/password-rules.ts'
import { addUser, type NewUser } from '../../../security/users.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { ask, askPassword, hasTerminal } from '../../prompt.ts'
import { runHandler } from '../../run-handler.ts'
import { findingLines } from '../doctor/finding-lines.ts'
import type * as commands from './index.ts'
import { completeSettings, type Settings, writeSettings } from './settings.ts'

type Options = OptionsOf<typeof commands.init>

export async function init(context: Context, options: Options): Promise<void> {
  const { host } = context
  const settings = await settingsFor(context, options)
  // The rest runs with the completed settings, as every later command does.
  const env = { ...host.env, ...settings.all }
  await runHandler(inner => setUp(inner, options, settings), { ...host, env }, context.options)
}

async function settingsFor(context: Context, options: Options): Promise<Settings> {
  const { env } = context.host
  const given = {
    DATABASE_URL: options.databaseUrl,
    REDIS_URL: options.redisUrl,
    CAMP_PUBLIC_URL: options.publicUrl,
    CAMP_HOME: options.home,
  }
  const known = completeSettings(options.settings, given).all
  const databaseUrl = known.DATABASE_URL ?? env.DATABASE_URL ?? (await askDatabaseUrl(context))
  return completeSettings(options.settings, {
    ...given,
    DATABASE_URL: options.databaseUrl ?? (known.DATABASE_URL === undefined ? databaseUrl : undefined),
    ...(known.CAMP_SECRET === undefined && { CAMP_SECRET: env.CAMP_SECRET ?? newSecret() }),
  })
}

async function askDatabaseUrl(context: Context): Promise<string> {
  const instead = t`Give it with --database-url. Without a PostgreSQL server: camp db start`
  if (!hasTerminal(context)) {
    throw new CampError('ARGUMENT_MISSING', t`DATABASE_URL is required: postgresql://USER:PASSWORD@HOST:5432/NAME`, {
      hint: instead,
    })
  }
  return ask(context, t`DATABASE_URL (postgresql://USER:PASSWORD@HOST:5432/NAME)`, instead)
}

async function setUp(context: Context, options: Options, settings: Settings): Promise<void> {
  const { file, added } = settings
  const { out } = context
  const database = await tryDatabase(context, settings)
  out.talk(t`The database answers: PostgreSQL ${database.version}`)
  const first = database.hasUsers ? null : await firstAdmin(context, options)
  if (database.hasUsers && options.admin !== undefined) out.talk(t`There are users already: none was added.`)
  const names = Object.keys(added)
  if (names.length > 0) await writeSettings(settings)
  out.talk(names.length > 0 ? t`Written to ${file}: ${names.join(', ')}` : t`Nothing to add to ${file}.`)
  const applied = await context.migrate()
  out.talk(applied.length > 0 ? t`Migrations applied: ${applied.length}` : t`The tables are up to date.`)
  await context.keys()
  const admin = first && (await addUser(await context.prisma(), null, first, context.clock.now())).email
  if (admin) out.talk(t`Added ADMIN ${admin}.`)
  const { config, clock } = context
  const findings = await examine({ config, clock, databaseUrl: () => context.databaseUrl() })
  out.result({ settings: file, added: names, applied, admin, findings }, () => findingLines(findings))
  for (const line of nextSteps(file, findings)) out.talk(line)
}

/**
 * Before anything is written: a database that cannot be used, or that has another secret, leaves no file behind.
 * @returns the version of the server, and whether the database has users
 */
async function tryDatabase(
  context: Context,
  { file, added }: Settings,
): Promise<{ version: string; hasUsers: boolean }> {
  const pool = await context.separatePool(await context.databaseUrl(), { max: 1 })
  try {
    const version = await serverVersion(pool)
    const isNewDatabase = (await schemaState(pool)).applied.length === 0
    if (isNewDatabase) return { version, hasUsers: false }
    if ((await secretState(pool, await openKeys(context.config))) !== 'OTHER')
      return { version, hasUsers: await hasUsers(pool) }
    const isNew = added.CAMP_SECRET !== undefined
    throw new CampError(
      'SECRET_MISMATCH',
      t`this database has a secret already, and it is another one: nothing was changed`,
      {
        hint: isNew
          ? t`Put the CAMP_SECRET of the other machines into ${file}, or into the environment. If it is lost: camp
            secret reset`
          : t`Correct CAMP_SECRET in ${file}.`,
      },
    )
  } finally {
    await pool.end()
  }
}

/** Asks for what is not given, and refuses a weak password before anything is written. */
async function firstAdmin(context: Context, options: Options): Promise<NewUser> {
  const email = options.admin ?? (await ask(context, t`E-mail of the first ADMIN`, t`Give it with --admin EMAIL.`))
  const name = options.name ?? (await ask(context, t`Their name`, t`Give it with --name NAME.`))
  const password = await askPassword(context, t`Password of ${email}`, options.passwordStdin ?? false)
  assertGoodPassword(password, email)
  return { email, name, role: 'ADMIN', password }
}

function nextSteps(file: string, findings: readonly Finding[]): string[] {
  const failures = findings.filter(({ state }) => state === 'fail').length
  return [
    ...(failures > 0 ? [t`${failures} check(s) failed: see above, then camp --env-file ${file} doctor`] : []),
    t`Keep a copy of CAMP_SECRET in another place: without it a backup cannot be read.`,
    t`Next: camp --env-file ${file} login, and as a service: camp service install --settings ${file}`,
  ]
}

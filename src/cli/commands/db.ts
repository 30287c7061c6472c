import { CampError } from '../../errors.ts'
import { fields } from '../blocks.ts'
import { later, leaf, type Register } from '../command.ts'
import type { Context } from '../context.ts'

export const register: Register = (program, action) => {
  const db = program
    .command('db')
    .description('the database: migrate, status, start, stop; what to do with a restored one')
  leaf(db, 'migrate', 'bring the database to the tables that this camp needs').action(action(migrateDatabase))
  leaf(db, 'status', 'where the database is, and whether it is migrated').action(action(showStatus))
  leaf(
    db,
    'start',
    'start the embedded PostgreSQL (other commands start it, too), making it where there is none',
  ).action(action(start, { mayCreateDatabase: true }))
  leaf(db, 'stop', 'stop the embedded PostgreSQL').action(action(stop))
  leaf(db, 'hold', 'send nothing from this database until a person accepts it (an ADMIN)')
    .option('--reason <text>', 'why, for the record')
    .addHelpText('after', '\nFor a restored backup or a copy, before the first worker starts on it.')
    .action(action(later(async () => (await import('./db/hold.ts')).hold)))
  leaf(db, 'accept-restore', 'accept data that is older than what was sent, and let workers go on (an ADMIN)')
    .option('--show', 'show what may have gone out since, and change nothing')
    .addHelpText(
      'after',
      '\nA worker that finds its database restored, copied or long silent sends nothing and says so. This shows what may have gone out\n' +
        'since, and stops what is at work: PROCESSING campaigns become PAUSED, approved ones whose time has come wait for approval\n' +
        'again, recurring ones are paused. Then each is decided about: camp campaign resolve, resume, approve or cancel.\n' +
        'It asks after it has shown; without a terminal it takes --yes.',
    )
    .action(action(acceptOrShow))
}

async function acceptOrShow(context: Context, options: { show?: boolean }): Promise<void> {
  const { accept, show } = await import('./db/accept-restore.ts')
  return options.show ? show(context) : accept(context)
}

async function migrateDatabase(context: Context): Promise<void> {
  const { migrate } = await import('../../database/migrations.ts')
  const { openPool } = await import('../../database/pool.ts')
  const url = context.config.directUrl ?? (await context.databaseUrl())
  const applied = await migrate(url)
  const pool = openPool(url)
  await context.registerInstallation(pool).finally(() => pool.end())
  context.out.result(
    { applied },
    applied.length === 0 ? 'Nothing to do: the database is up to date.' : `Applied: ${applied.join(', ')}`,
  )
}

async function showStatus(context: Context): Promise<void> {
  const { schemaState } = await import('../../database/migrations.ts')
  const { openPool } = await import('../../database/pool.ts')
  const { connectionUrl, hasCluster } = await import('../../database/embedded/server.ts')
  const { holdOf } = await import('../../installation/installation.ts')
  const mode = context.config.databaseUrl ? 'server' : 'embedded'
  const url = context.config.databaseUrl ?? (await connectionUrl(context.config.home))
  if (!url) {
    const made = hasCluster(context.config.home)
    context.out.result(
      { mode, running: false, made, url: null },
      fields([
        ['mode', mode],
        ['running', made ? 'no (any command starts it)' : 'no: there is none yet (camp db start makes it)'],
      ]),
    )
    return
  }
  const pool = openPool(url)
  try {
    const { rows } = await pool.query<{ version: string }>(`SELECT current_setting('server_version') AS version`)
    const { applied, pending, unknown } = await schemaState(pool)
    const hold = pending.length === 0 ? await holdOf(pool) : undefined
    const status = {
      mode,
      running: true,
      url: withoutPassword(url),
      version: rows[0]!.version,
      applied,
      pending,
      unknown,
      held: hold ? { since: hold.at, kind: hold.kind, reason: hold.reason } : null,
    }
    context.out.result(status, () =>
      fields([
        ['mode', mode],
        ['running', 'yes'],
        ['url', status.url],
        ['PostgreSQL', status.version],
        [
          'migrations',
          `${applied.length} applied, ${pending.length} pending${unknown.length > 0 ? `, ${unknown.length} unknown` : ''}`,
        ],
        ['sending', hold && `waits for a person: ${hold.reason}`],
        ['next', pending.length > 0 ? 'camp db migrate' : hold && 'camp db accept-restore'],
      ]),
    )
  } finally {
    await pool.end()
  }
}

async function start(context: Context): Promise<void> {
  assertEmbedded(context)
  const url = withoutPassword(await context.databaseUrl())
  context.out.result({ running: true, url }, `Running: ${url}`)
}

async function stop(context: Context): Promise<void> {
  assertEmbedded(context)
  const { stopServer } = await import('../../database/embedded/server.ts')
  const stopped = await stopServer(context.config.home)
  context.out.result({ running: false, stopped }, stopped ? 'Stopped.' : 'It was not running.')
}

function assertEmbedded({ config }: Context): void {
  if (config.databaseUrl) {
    throw new CampError('EMBEDDED_ONLY', 'DATABASE_URL is set: that server is not for camp to start or stop', {
      hint: 'Without DATABASE_URL camp uses a PostgreSQL of its own.',
    })
  }
}

function withoutPassword(url: string): string {
  const shown = new URL(url)
  shown.password = ''
  return shown.href
}

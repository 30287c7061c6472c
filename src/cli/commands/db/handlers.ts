import { connectionUrl, hasCluster, stopServer } from '../../../database/embedded/server.ts'
import { schemaState, serverVersion } from '../../../database/migrations.ts'
import { CampError, messageOf } from '../../../errors.ts'
import { holdOf } from '../../../installation/installation.ts'
import { storedText } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import { openQueues } from '../../../queue/queues.ts'
import { fields } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { accept, show } from './accept-restore.ts'
import type * as commands from './index.ts'

export async function acceptOrShow(context: Context, options: OptionsOf<typeof commands.acceptRestore>): Promise<void> {
  return options.show ? show(context) : accept(context)
}

export async function migrateDatabase(context: Context): Promise<void> {
  const applied = await context.migrate()
  context.out.result(
    { applied },
    applied.length === 0 ? t`Nothing to do: the database is up to date.` : t`Applied: ${applied.join(', ')}`,
  )
}

export async function showStatus(context: Context): Promise<void> {
  const mode = context.config.databaseUrl ? 'server' : 'embedded'
  const url = context.config.databaseUrl ?? (await connectionUrl(context.config.home))
  if (!url) {
    const made = hasCluster(context.config.home)
    context.out.result(
      { mode, running: false, made, url: null },
      fields([
        [t`mode`, mode === 'server' ? t`server` : t`embedded`],
        [t`running`, made ? t`no (any command starts it)` : t`no: it does not exist yet (camp db start creates it)`],
      ]),
    )
    return
  }
  const pool = await context.separatePool(url)
  try {
    const { applied, pending, unknown } = await schemaState(pool)
    const isCurrent = pending.length === 0
    const hold = isCurrent ? await holdOf(pool) : undefined
    const status = {
      mode,
      running: true,
      url: withoutPassword(url),
      version: await serverVersion(pool),
      applied,
      pending,
      unknown,
      queue: isCurrent ? await queueState(context, url) : null,
      held: hold ? { since: hold.at, kind: hold.kind, reason: hold.reason } : null,
    }
    context.out.result(status, () =>
      fields([
        [t`mode`, mode === 'server' ? t`server` : t`embedded`],
        [t`running`, t`yes`],
        [t`url`, status.url],
        ['PostgreSQL', status.version],
        [
          t`migrations`,
          unknown.length > 0
            ? t`${applied.length} applied, ${pending.length} pending, ${unknown.length} unknown`
            : t`${applied.length} applied, ${pending.length} pending`,
        ],
        [t`queue`, status.queue && t`on ${status.queue.on}: ${status.queue.state}`],
        [t`sending`, hold && t`held until a person decides: ${storedText(hold.reason)}`],
        [t`next`, pending.length > 0 ? 'camp db migrate' : hold && 'camp db accept-restore'],
      ]),
    )
  } finally {
    await pool.end()
  }
}

/** Whether a job can be added and taken, and else why not. */
async function queueState({ config }: Context, url: string): Promise<{ on: 'Redis' | 'PostgreSQL'; state: string }> {
  const { redisUrl, directUrl } = config
  const queues = openQueues({ redisUrl, databaseUrl: directUrl ?? url })
  const state = await queues.check().then(() => 'ok', messageOf)
  await queues.close()
  return { on: redisUrl === undefined ? 'PostgreSQL' : 'Redis', state }
}

export async function start(context: Context): Promise<void> {
  assertEmbedded(context)
  const url = withoutPassword(await context.databaseUrl())
  context.out.result({ running: true, url }, t`Running: ${url}`)
}

export async function stop(context: Context): Promise<void> {
  assertEmbedded(context)
  const stopped = await stopServer(context.config.home)
  context.out.result({ running: false, stopped }, stopped ? t`Stopped.` : t`The database was not running.`)
}

function assertEmbedded({ config }: Context): void {
  if (config.databaseUrl) {
    throw new CampError('EMBEDDED_ONLY', t`DATABASE_URL is set: camp does not start or stop that server`, {
      hint: t`Without DATABASE_URL camp uses an embedded PostgreSQL.`,
    })
  }
}

function withoutPassword(url: string): string {
  const shown = new URL(url)
  shown.password = ''
  return shown.href
}

import { campVersion } from '../../../config.ts'
import { CampError } from '../../../errors.ts'
import { t } from '../../../language/text.ts'
import { openLog } from '../../../log.ts'
import { authenticate } from '../../../security/actor.ts'
import { openServer } from '../../../serve/server.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { runCamp } from '../../main.ts'
import type * as commands from './index.ts'

export async function serve(context: Context, options: OptionsOf<typeof commands.serve>): Promise<void> {
  const { config, clock, signal, host } = context
  if (config.databaseUrl === undefined) {
    throw new CampError(
      'SERVER_DATABASE_REQUIRED',
      t`camp serve requires DATABASE_URL: embedded mode is for one user on one machine`,
    )
  }
  const [pool] = [await context.pool(), await context.keys()]
  const log = openLog(config.logLevel, config)
  const server = await openServer(options.listen, {
    version: campVersion(),
    env: settingsOf(host.env),
    home: config.home,
    runCommand: runCamp,
    authenticate: token =>
      authenticate({ pool, sessionKey: () => context.sessionKey(), config: { ...config, home: '', token }, clock }),
    clock,
    log,
    mostBytes: options.maxUpload * 1024 * 1024,
    mostRuns: options.maxCommands,
    behindProxy: options.behindProxy ?? false,
  })
  context.out.talk(t`Listening on ${server.url}`)
  log.info({ event: 'server.started', listening: server.url }, 'server started')
  await new Promise<void>(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await server.close()
  log.info({ event: 'server.stopped' }, 'server stopped')
}

const SETTINGS = ['DATABASE_URL', 'REDIS_URL', 'LOG_LEVEL', 'CAMP_DIRECT_URL', 'CAMP_SECRET', 'CAMP_PUBLIC_URL']
const TIMES = ['CAMP_HTTP_TIMEOUT_MS', 'CAMP_LEASE_MS', 'CAMP_SWEEP_MS', 'CAMP_TIMEZONE']

/** Without the token of the server, its home (which has a session in it) and the settings file. */
function settingsOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries([...SETTINGS, ...TIMES].flatMap(name => (env[name] ? [[name, env[name]]] : [])))
}

import { campVersion } from '../../config.ts'
import { CampError } from '../../errors.ts'
import { leaf, type Register } from '../command.ts'
import type { Context } from '../context.ts'
import { wholeNumber } from '../options.ts'
import { address } from './worker.ts'

export const register: Register = (program, action) => {
  leaf(program, 'serve', 'run commands for users on other machines, who have neither secret nor database')
    .option('--listen <host:port>', 'where to listen (port 0: any free one)', address, {
      host: '127.0.0.1',
      port: 8090,
    })
    .option('--max-upload <megabytes>', 'of files, for one command', wholeNumber(1, 100_000), 2_048)
    .option('--max-commands <n>', 'at once', wholeNumber(1, 1_000), 32)
    .option('--behind-proxy', "a reverse proxy gives the client's address as the last one of X-Forwarded-For")
    .addHelpText(
      'after',
      '\nA client sets CAMP_URL to its address, and runs camp login. TLS is the reverse proxy’s: this server speaks HTTP. Each command\n' +
        'is one line of its log. SIGTERM and SIGINT end what runs, as Ctrl-C does. More in docs/security.md.',
    )
    .action(action(serve, { actsForNoUser: true }))
}

interface Options {
  listen: { host: string; port: number }
  maxUpload: number
  maxCommands: number
  behindProxy?: boolean
}

async function serve(context: Context, options: Options): Promise<void> {
  const { openServer } = await import('../../serve/server.ts')
  const { openLog } = await import('../../log.ts')
  const { authenticate } = await import('../../security/actor.ts')
  const { runCamp } = await import('../main.ts')
  const { config, clock, signal, host } = context
  if (config.databaseUrl === undefined) {
    throw new CampError(
      'SERVER_DATABASE_REQUIRED',
      'camp serve takes DATABASE_URL: embedded mode is for one user of one machine',
    )
  }
  const [prisma] = [await context.prisma(), await context.keys()]
  const log = openLog(config.logLevel)
  const server = await openServer(options.listen, {
    version: campVersion(),
    env: settingsOf(host.env),
    runCommand: runCamp,
    authenticate: token =>
      authenticate({ prisma, sessionKey: () => context.sessionKey(), config: { ...config, home: '', token }, clock }),
    clock,
    log,
    mostBytes: options.maxUpload * 1024 * 1024,
    mostRuns: options.maxCommands,
    behindProxy: options.behindProxy ?? false,
  })
  context.out.talk(`Listening on ${server.url}`)
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

/** Neither the server's own token, nor its home with a session in it, nor a file of settings. */
function settingsOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries([...SETTINGS, ...TIMES].flatMap(name => (env[name] ? [[name, env[name]]] : [])))
}

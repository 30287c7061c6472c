import { hostname } from 'node:os'
import { InvalidArgumentError } from '@commander-js/extra-typings'
import type { Log } from '../../log.ts'
import type { Listener, ListenerAddress } from '../../webhook/listener.ts'
import { Closers } from '../closing.ts'
import { leaf, type Register } from '../command.ts'
import type { Context } from '../context.ts'
import { wholeNumber } from '../options.ts'

export const register: Register = (program, action) => {
  leaf(program, 'worker', 'send what runs: queue consumers and the webhook listener')
    .option('--brokers <names>', 'only these brokers, separated by commas', names)
    .option('--concurrency <n>', 'batches in work at once, for each broker', wholeNumber(1, 256), 8)
    .option('--listen <host:port>', 'listen for callbacks and /healthz (port 0: any free one)', address)
    .addHelpText(
      'after',
      '\nAny number of workers may run, on any number of machines. SIGTERM, SIGINT or SIGHUP ends one within 30 seconds: no new\n' +
        'claims, requests in flight are settled; a second signal ends it at once. A database or a Redis that is away is waited for.\n' +
        'Brokers reach the listener at CAMP_PUBLIC_URL.',
    )
    .action(action(work, { actsForNoUser: true }))
}

interface Options {
  brokers?: string[]
  concurrency: number
  listen?: ListenerAddress
}

/**
 * The listener is open before anything else is asked for, and jobs are taken last (startWorker): a worker that cannot do all of its
 * work ends with the reason's exit code, and has touched no lead.
 */
async function work(context: Context, options: Options): Promise<void> {
  const { openLog } = await import('../../log.ts')
  const opened = new Closers()
  try {
    const listener = options.listen && (await listenAt(options.listen, opened))
    const worker = await start(context, options, { listener, opened, log: openLog(context.config.logLevel) })
    if (!worker) return
    if (listener) context.out.result({ listening: listener.url }, `Listening on ${listener.url}`)
    const fault = await Promise.race([aborted(context.signal), worker.fault])
    await worker.stop()
    if (fault) throw fault
  } finally {
    // Requests that are still in flight are the lease's: waiting for them would keep this process from ending in time.
    await opened.close(CLOSE_MS).catch(() => undefined)
  }
}

const CLOSE_MS = 500

async function listenAt(address: ListenerAddress, opened: Closers): Promise<Listener> {
  const { openListener } = await import('../../webhook/listener.ts')
  const listener = await openListener(address)
  opened.add(() => listener.close())
  return listener
}

interface Opened {
  listener: Listener | undefined
  log: Log
  opened: Closers
}

/** @returns undefined when a signal came while a service was waited for */
async function start(context: Context, options: Options, { listener, log, opened }: Opened) {
  const { openQueues } = await import('../../queue/queues.ts')
  const { startWorker } = await import('../../worker/worker.ts')
  const { waitForDatabase, waitForQueue } = await import('../../worker/waiting.ts')
  const { openPool } = await import('../../database/pool.ts')
  const { openMarks } = await import('../../installation/marks.ts')
  const { config, signal } = context
  const databaseUrl = await context.databaseUrl()
  // The embedded server was just started; a server's own start is waited for.
  if (config.databaseUrl && !(await waitForDatabase(databaseUrl, { log, signal }))) return undefined
  // The context's own pool looks at the migrations, or brings them up in embedded mode; the worker's is as large as its work.
  await context.pool()
  const keys = await context.keys()
  const name = `camp worker ${hostname()}:${process.pid}`
  const pool = openPool(databaseUrl, { max: options.concurrency + 6, name, worker: true })
  opened.add(() => pool.end())
  const queues = openQueues({ redisUrl: config.redisUrl, databaseUrl: config.directUrl ?? databaseUrl })
  opened.add(() => queues.close())
  if (config.redisUrl && !(await waitForQueue(queues, { log, signal }))) return undefined
  const marks = await openMarks(config)
  opened.add(async () => marks.close())
  const reviveDatabase = config.databaseUrl ? undefined : () => context.databaseUrl()
  return startWorker(
    { pool, queues, keys, config, clock: context.clock, log, marks, reviveDatabase },
    { brokers: options.brokers, concurrency: options.concurrency, listener },
  )
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise(resolve => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}

function names(text: string): string[] {
  return text.split(',').map(name => name.trim())
}

/** HOST:PORT, [::1]:PORT, :PORT or PORT. */
export function address(text: string): { host: string; port: number } {
  const match = /^(?:(\[[^\]]+\]|[^:]*):)?(\d{1,5})$/.exec(text)
  const port = Number(match?.[2])
  if (!match || port > 65_535) throw new InvalidArgumentError('It takes HOST:PORT.')
  return { host: match[1]?.replace(/^\[|\]$/g, '') || '127.0.0.1', port }
}

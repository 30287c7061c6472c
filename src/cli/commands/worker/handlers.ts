import { hostname } from 'node:os'
import { systemMonotonic } from '../../../clock.ts'
import type { Address } from '../../../http/server.ts'
import { openMarks } from '../../../installation/marks.ts'
import { t } from '../../../language/text.ts'
import { type Log, openLog } from '../../../log.ts'
import { openQueues } from '../../../queue/queues.ts'
import { type Listener, openListener } from '../../../webhook/listener.ts'
import { type Metrics, type MetricsDeps, openMetrics } from '../../../worker/metrics.ts'
import { openMetricsServer } from '../../../worker/metrics-server.ts'
import { openServiceManager } from '../../../worker/service-manager.ts'
import { connectOnce, waitForDatabase, waitForQueue } from '../../../worker/waiting.ts'
import { type FreshChecks, startWatchdog } from '../../../worker/watchdog.ts'
import { startWorker } from '../../../worker/worker.ts'
import { Closers } from '../../closing.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { logLines } from '../../log-lines.ts'
import type * as commands from './index.ts'

type Options = OptionsOf<typeof commands.worker>

/**
 * The listener opens first, and jobs are taken last (startWorker): a worker that cannot do all of its work ends with the exit
 * code of the reason, and has changed no lead.
 */
export async function work(context: Context, options: Options): Promise<void> {
  const opened = new Closers()
  const log = logOf(context)
  const manager = openServiceManager(context.config.notify, log)
  try {
    const listener = options.listen && (await listenAt(options.listen, opened))
    const worker = await start(context, options, { listener, opened, log })
    if (!worker) return
    if (listener) context.out.result({ listening: listener.url }, t`Listening on ${listener.url}`)
    await manager?.ready()
    const watchdog = manager && startWatchdog(manager, { health: worker.health, fresh: await freshChecks(context) })
    const fault = await Promise.race([aborted(context.signal), worker.fault])
    // The manager's limit for a stop applies from here on, and no watchdog.
    await Promise.all([manager?.stopping(), worker.stop()])
    await watchdog?.stop()
    if (fault) throw fault
  } finally {
    // Requests that are still in flight are settled when their lease ends: waiting for them would delay the end of this process.
    await opened.close(CLOSE_MS).catch(() => undefined)
  }
}

/** Lines for people on a terminal, JSON for a collector. */
function logOf({ config, out }: Context): Log {
  const { logLevel, logFormat, journalStream } = config
  const isText = logFormat === 'text' || (logFormat === undefined && out.isTerminal)
  return openLog(logLevel, isText ? { destination: logLines(out, config.timezone) } : { journalStream })
}

const CLOSE_MS = 500

async function listenAt(address: Address, opened: Closers): Promise<Listener> {
  const listener = await openListener(address)
  opened.add(() => listener.close())
  return listener
}

interface Opened {
  listener: Listener | undefined
  log: Log
  opened: Closers
}

/** @returns undefined if a signal came while it waited for a service */
async function start(context: Context, options: Options, { listener, log, opened }: Opened) {
  const { config, signal } = context
  const databaseUrl = await context.databaseUrl()
  // The embedded server has just been started; an external server is waited for.
  if (config.databaseUrl && !(await waitForDatabase(databaseUrl, { log, signal }))) return undefined
  // The pool of the context checks the migrations, or applies them in embedded mode; the pool of the worker is sized for its
  // work.
  await context.pool()
  const keys = await context.keys()
  const name = `camp worker ${hostname()}:${process.pid}`
  const pool = await context.separatePool(databaseUrl, { max: options.concurrency + 6, name, worker: true })
  opened.add(() => pool.end())
  const queues = openQueues({ redisUrl: config.redisUrl, databaseUrl: config.directUrl ?? databaseUrl })
  opened.add(() => queues.close())
  if (config.redisUrl && !(await waitForQueue(queues, { log, signal }))) return undefined
  const marks = await openMarks(config)
  opened.add(async () => marks.close())
  const metrics = options.metrics && (await openMetricsAt(options.metrics, context, { pool, log, opened }))
  const reviveDatabase = config.databaseUrl ? undefined : () => context.databaseUrl()
  return startWorker(
    { pool, queues, keys, config, clock: context.clock, log: metrics?.counting(log) ?? log, marks, reviveDatabase },
    { brokers: options.brokers, concurrency: options.concurrency, listener },
  )
}

async function openMetricsAt(
  address: Address,
  { config, out }: Context,
  { pool, log, opened }: Pick<Opened, 'log' | 'opened'> & Pick<MetricsDeps, 'pool'>,
): Promise<Metrics> {
  const metrics = openMetrics({ pool, monotonic: systemMonotonic, timezone: config.timezone })
  opened.add(async () => metrics.close())
  const server = await openMetricsServer(address, metrics, log)
  opened.add(() => server.close())
  out.talk(t`Metrics at ${server.url}`)
  return metrics
}

/** Over new connections, as a worker that starts now would open them. */
async function freshChecks(context: Context): Promise<FreshChecks> {
  const { config, signal } = context
  const databaseUrl = await context.databaseUrl()
  return {
    database: () => connectOnce(databaseUrl, signal),
    queue: async () => {
      const queues = openQueues({ redisUrl: config.redisUrl, databaseUrl: config.directUrl ?? databaseUrl })
      await queues.check().finally(() => queues.close())
    },
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise(resolve => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}

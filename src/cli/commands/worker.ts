import { hostname } from 'node:os'
import { InvalidArgumentError } from 'commander'
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
      '\nAny number of workers may run, on any number of machines. SIGTERM ends one within 30 seconds: no new claims, requests\n' +
        'in flight are settled. Brokers reach the listener at CAMP_PUBLIC_URL.',
    )
    .action(action(work))
}

interface Options {
  brokers?: string[]
  concurrency: number
  listen?: { host: string; port: number }
}

async function work(context: Context, options: Options): Promise<void> {
  const { openLog } = await import('../../log.ts')
  const { openQueues } = await import('../../queue/queues.ts')
  const { startWorker } = await import('../../worker/worker.ts')
  const { openPool } = await import('../../database/pool.ts')
  // The context's own pool has looked at the migrations; the worker's is as large as its work.
  await context.pool()
  const databaseUrl = await context.databaseUrl()
  const pool = openPool(databaseUrl, { max: options.concurrency + 6, name: `camp worker ${hostname()}:${process.pid}` })
  const queues = openQueues({ redisUrl: context.config.redisUrl, databaseUrl })
  try {
    const worker = await startWorker(
      {
        pool,
        queues,
        keys: await context.keys(),
        config: context.config,
        clock: context.clock,
        log: openLog(context.config.logLevel),
        reviveDatabase: context.config.databaseUrl ? undefined : () => context.databaseUrl(),
      },
      { brokers: options.brokers, concurrency: options.concurrency, listen: options.listen },
    )
    if (worker.url) context.out.result({ listening: worker.url }, `Listening on ${worker.url}`)
    const asked = new Promise<undefined>(resolve => {
      if (context.signal.aborted) resolve(undefined)
      context.signal.addEventListener('abort', () => resolve(undefined), { once: true })
    })
    const fault = await Promise.race([asked, worker.fault])
    const drained = await worker.stop()
    // What is still in flight is the lease's: waiting for it would keep this process from ending in time.
    if (!drained) process.exit(fault?.exitCode ?? 0)
    if (fault) throw fault
  } finally {
    await queues.close()
    await pool.end()
  }
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

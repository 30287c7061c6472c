import { monitorEventLoopDelay } from 'node:perf_hooks'
import type pg from 'pg'
import { Counter, Gauge, Registry } from 'prom-client'
import type { Monotonic } from '../clock.ts'
import type { Log } from '../log.ts'

/**
 * What a worker counts, for Prometheus: docs/metrics.md explains each, and a test compares the two. Labels have few values:
 * brokers, wallets, statuses, events; never a campaign, a person or a text from outside.
 */
export interface Metrics {
  /** The same log, whose events are counted: nothing else on a batch's way knows of metrics. */
  counting(log: Log): Log
  /** In Prometheus' text format. @throws if the database does not answer */
  text(): Promise<string>
  contentType: string
  close(): void
}

/** Scrapes within this time share one query. */
const FRESH_MS = 5_000

export interface MetricsDeps {
  pool: Pick<pg.Pool, 'query'>
  monotonic: Monotonic
  /** Of a budget's month. */
  timezone: string
}

export function openMetrics({ pool, monotonic, timezone }: MetricsDeps): Metrics {
  const registry = new Registry()
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name, help, labelNames, registers: [registry] })
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] })

  const messages = counter('camp_messages_total', 'messages settled by this worker', ['broker', 'outcome'])
  const events = counter('camp_log_events_total', 'events logged by this worker', ['event', 'level'])
  const gauges: Gauges = {
    campaigns: gauge('camp_campaigns', 'campaigns by status', ['status']),
    batches: gauge('camp_batches', 'open batches by broker and status', ['broker', 'status']),
    budget: gauge('camp_budget_used_ratio', "used share of a wallet's limit this month", ['wallet']),
    workers: gauge('camp_workers', 'workers that are alive'),
    held: gauge('camp_held', '1: nothing is sent until a person decides'),
    callbacks: gauge('camp_callbacks_waiting', 'stored callbacks that are not applied yet'),
  }
  const memory = gauge('process_resident_memory_bytes', 'resident memory of this worker')
  const lag = gauge('nodejs_eventloop_lag_p99_seconds', 'event loop delay since the last scrape, 99th percentile')
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()

  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined
  const refresh = () => {
    if (monotonic() - readAt < FRESH_MS) return Promise.resolve()
    reading ??= read(pool, timezone)
      .then(found => {
        show(found, gauges)
        readAt = monotonic()
      })
      .finally(() => {
        reading = undefined
      })
    return reading
  }
  const count = (level: keyof Log, fields: Readonly<Record<string, unknown>>) => {
    events.inc({ event: String(fields.event), level })
    if (fields.event === 'settle.done')
      countMessages(fields, (broker, outcome, n) => messages.inc({ broker, outcome }, n))
  }
  return {
    counting: log => ({
      debug: (fields, message) => {
        count('debug', fields)
        log.debug(fields, message)
      },
      info: (fields, message) => {
        count('info', fields)
        log.info(fields, message)
      },
      warn: (fields, message) => {
        count('warn', fields)
        log.warn(fields, message)
      },
      error: (fields, message) => {
        count('error', fields)
        log.error(fields, message)
      },
    }),
    text: async () => {
      await refresh()
      memory.set(process.memoryUsage.rss())
      lag.set(delay.percentile(99) / 1e9)
      delay.reset()
      return registry.metrics()
    },
    contentType: registry.contentType,
    close: () => delay.disable(),
  }
}

const OUTCOMES = { accepted: 'accepted', refused: 'refused', inDoubt: 'in_doubt', again: 'again' } as const

function countMessages(
  fields: Readonly<Record<string, unknown>>,
  add: (broker: string, outcome: string, n: number) => void,
): void {
  for (const [field, outcome] of Object.entries(OUTCOMES)) {
    const n = Number(fields[field])
    if (n > 0) add(String(fields.broker), outcome, n)
  }
}

interface Found {
  campaigns: Record<string, number> | null
  batches: { broker: string; status: string; n: number }[] | null
  budgets: { wallet: string; ratio: number }[] | null
  workers: number
  held: boolean
  callbacks: number
}

type Gauges = Readonly<Record<'campaigns' | 'batches' | 'budget' | 'workers' | 'held' | 'callbacks', Gauge>>

/** The count of callbacks stops there: a full inbox must not make a scrape slow. */
const MOST_COUNTED = 100_000

/** One statement over indexes; the limit of a wallet is compared in the database, where it is a decimal. */
async function read(pool: Pick<pg.Pool, 'query'>, timezone: string): Promise<Found> {
  const { rows } = await pool.query<Found>(
    `SELECT (SELECT json_object_agg(status, n) FROM (SELECT status, count(*)::int AS n FROM "Campaign" GROUP BY status) s) AS campaigns,
            (SELECT json_agg(b) FROM (
               SELECT br.name AS broker, b.status, count(*)::int AS n FROM "Batch" b JOIN "Campaign" c ON c.id = b.campaign_id
               JOIN "Broker" br ON br.id = c.broker_id WHERE b.status <> 'DONE' GROUP BY br.name, b.status) b) AS batches,
            (SELECT json_agg(w) FROM (
               SELECT w.name AS wallet, (b.used_budget / b.budget)::float8 AS ratio FROM "Budget" b
               JOIN "Wallet" w ON w.id = b.wallet_id WHERE b.budget > 0 AND b.year = extract(year FROM now() AT TIME ZONE $2)
                 AND b.month = extract(month FROM now() AT TIME ZONE $2)) w) AS budgets,
            (SELECT count(*)::int FROM "Worker"
             WHERE seen_at > clock_timestamp() - greatest(3 * every_ms, 5000) * interval '1 millisecond') AS workers,
            EXISTS (SELECT 1 FROM "Installation" WHERE held_at IS NOT NULL) AS held,
            (SELECT count(*)::int FROM (SELECT 1 FROM "WebhookEvent" WHERE applied_at IS NULL LIMIT $1) e) AS callbacks`,
    [MOST_COUNTED, timezone],
  )
  return rows[0]!
}

const STATUSES = ['PENDING_APPROVAL', 'APPROVED', 'PROCESSING', 'PAUSED', 'FINISHED', 'FAILED', 'CANCELLED'] as const

/** What is not there any more is not shown; a status without campaigns is 0, so that an alert has a value. */
function show(found: Found, gauges: Gauges): void {
  for (const status of STATUSES) gauges.campaigns.set({ status }, found.campaigns?.[status] ?? 0)
  gauges.batches.reset()
  for (const { broker, status, n } of found.batches ?? []) gauges.batches.set({ broker, status }, n)
  gauges.budget.reset()
  for (const { wallet, ratio } of found.budgets ?? []) gauges.budget.set({ wallet }, ratio)
  gauges.workers.set(found.workers)
  gauges.held.set(found.held ? 1 : 0)
  gauges.callbacks.set(found.callbacks)
}

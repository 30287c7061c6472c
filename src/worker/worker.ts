import { setMaxListeners } from 'node:events'
import type pg from 'pg'
import { createHttp, httpOptions, USUAL_TIMEOUT_MS } from '../broker/http.ts'
import { isNationalHoliday } from '../calendar/national.ts'
import { type Clock, systemMonotonic } from '../clock.ts'
import type { Config } from '../config.ts'
import { isUnreachable } from '../database/pool.ts'
import { reconcileClosings } from '../dispatch/closing-doubt.ts'
import { type DispatchDeps, dispatchBatch } from '../dispatch/dispatch.ts'
import { sweep } from '../dispatch/sweep.ts'
import { CampError, messageOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Consumer, Queues } from '../queue/queues.ts'
import { assertSecret, assertSecretStands, SecretMismatch } from '../security/fingerprint.ts'
import type { Keys } from '../security/keys.ts'
import { MESSAGE_KEY, messageKey, type WebhookBroker, webhookUrl } from '../security/webhook-token.ts'
import { startApplier } from '../webhook/applier.ts'
import { startListener } from '../webhook/listener.ts'
import { databaseOffset } from './database-clock.ts'
import { runDue } from './due.ts'
import { faults } from './faults.ts'
import { startHeartbeat } from './heartbeat.ts'
import { startRecurrences } from './recurrences.ts'

export interface WorkerDeps {
  pool: pg.Pool
  queues: Queues
  keys: Keys
  config: Config
  clock: Clock
  log: Log
  /** Starts the database again where it is ours to start (embedded mode). */
  reviveDatabase?: (() => Promise<unknown>) | undefined
}

export interface WorkerOptions {
  /** Names; all brokers where undefined. */
  brokers: readonly string[] | undefined
  /** Batches in work at once, for each broker. */
  concurrency: number
  listen: { host: string; port: number } | undefined
}

export interface Worker {
  /** Where the listener listens, undefined without one. */
  url: string | undefined
  /** No new claims; resolves when what is in flight has settled, or after `DRAIN_MS`. @returns whether all had settled */
  stop(): Promise<boolean>
  /** Resolves when this process must end, and with which error: its secret is not the database's any more. */
  fault: Promise<CampError>
}

/** How long a stop waits for answers: those that came are then settled, and what has none is in doubt. */
const ANSWERS_MS = 22_000
/** What has not settled by then is left to its lease. */
const DRAIN_MS = 27_000

/**
 * A worker: consumes every broker's queue, sweeps when the control queue says so, applies callbacks, and listens for them
 * where it is asked to. Any number of them may run, on any number of machines.
 * @throws SecretMismatch before it has consumed anything
 */
export async function startWorker(deps: WorkerDeps, options: WorkerOptions): Promise<Worker> {
  const { pool, queues, keys, config, clock, log } = deps
  await assertSecret(pool, keys)
  const { fault, heeding } = faults(log)
  let offsetMs = await databaseOffset(pool, clock, 0)
  const now = () => new Date(clock.now().getTime() + offsetMs)
  const served = new Map<string, WebhookBroker>()
  const http = createHttp(httpOptions(config, clock))
  const draining = new AbortController()
  // Each request that waits for its moment listens to it.
  setMaxListeners(0, draining.signal)
  const dispatch: DispatchDeps = {
    pool,
    queues,
    keys,
    http,
    log,
    draining: draining.signal,
    now,
    monotonic: systemMonotonic,
    random: Math.random,
    timezone: config.timezone,
    isHoliday: isNationalHoliday,
    leaseMs: adapterTimeoutMs =>
      config.leaseMs ?? 3 * (config.httpTimeoutMs ?? Math.max(USUAL_TIMEOUT_MS, adapterTimeoutMs ?? 0)),
    callbackUrl: (brokerId, leadId) => {
      const broker = served.get(brokerId)
      const url = broker && webhookUrl(config.publicUrl, keys, broker)
      if (!url || leadId === undefined) return url
      return `${url}?${MESSAGE_KEY}=${messageKey(keys, broker, leadId)}`
    },
  }

  const consumers = new Map<string, Consumer>()
  const onQueueError = seldom(clock, (error, times) => log.warn({ error, times }, 'queue'))
  // That one has been told, and is none of the queue's.
  const onError = (error: unknown) => error instanceof SecretMismatch || onQueueError(error)
  let stopping = false
  const refreshBrokers = async () => {
    for (const broker of await brokersToServe(pool, options.brokers)) {
      served.set(broker.id, broker)
      if (stopping || consumers.has(broker.id)) continue
      const handle = heeding((batchId: string) => dispatchBatch(dispatch, batchId))
      consumers.set(broker.id, queues.onRing(broker.id, handle, { concurrency: options.concurrency, onError }))
    }
  }
  await refreshBrokers()

  const heartbeat = await startHeartbeat(pool, { brokers: options.brokers, everyMs: config.sweepMs })
  const applier = startApplier(pool, {
    now,
    onError: seldom(clock, (error, times) => log.warn({ error, times }, 'callbacks could not be applied')),
  })
  const recurrences = startRecurrences({
    pool,
    clock: { now },
    onFired: fired => {
      const { recurrence, at, status, file, reason } = fired
      const told = { recurrence, at, file, campaign: fired.campaign?.agendamentoId, reason }
      const isWrong = status === 'FAILED' || status === 'SKIPPED'
      log[isWrong ? 'warn' : 'info'](told, `recurring campaign: ${status}`)
    },
    onError: seldom(clock, (error, times) => log.warn({ error, times }, 'recurring campaigns')),
  })
  let sweptAt = 0
  const toldMissed = new Set<string>()
  const sweepOnce = heeding(async () => {
    sweptAt = clock.now().getTime()
    const swept = await sweep({ pool, queues, now, sweepMs: config.sweepMs })
    if (swept.inDoubt > 0) log.warn(swept, 'leases ran out: leads are in doubt')
    recurrences.wake()
    await runDue(deps, now, toldMissed)
    await reconcileClosings(dispatch)
    applier.startOver()
  })
  const control = queues.onTask(sweepOnce, { concurrency: 1, onError })
  const upkeep = every(config.sweepMs, onError, async () => {
    offsetMs = await databaseOffset(pool, clock, offsetMs).catch(async error => {
      if (!deps.reviveDatabase || !isUnreachable(error)) throw error
      await deps.reviveDatabase()
      return databaseOffset(pool, clock, offsetMs)
    })
    await heeding(() => assertSecretStands(pool, keys))()
    await refreshBrokers()
    await heartbeat.beat()
    // Again and again: a Redis that was wiped has forgotten it.
    await queues.schedule('sweep', config.sweepMs)
    // A queue that has lost the ring but not the schedule never rings again; sweeping once too often does no harm.
    if (clock.now().getTime() - sweptAt > 3 * config.sweepMs) await sweepOnce()
  })
  await upkeep.now()
  await sweepOnce().catch(onError)

  const listener =
    options.listen &&
    (await startListener({
      ...options.listen,
      pool,
      keys,
      log,
      clock: { now },
      publicUrl: config.publicUrl,
      health: () => health(deps, consumers.size),
      onStored: applier.wake,
    }))
  log.info(
    { brokers: consumers.size, concurrency: options.concurrency, ...(listener && { listening: listener.url }) },
    'worker started',
  )

  return {
    fault,
    url: listener?.url,
    stop: async () => {
      stopping = true
      upkeep.stop()
      draining.abort()
      http.withdrawWaiting('not sent: the worker was stopping')
      // An answer that is still missing then is given up, and the answers that came are settled.
      const patience = setTimeout(() => http.abandonAnswers('no answer before the worker had to stop'), ANSWERS_MS)
      const silent = heartbeat.stop()
      const recurring = recurrences.stop()
      const closing = Promise.all([control.close(), ...[...consumers.values()].map(consumer => consumer.close())])
      const drained = await Promise.race([closing.then(() => true), after(DRAIN_MS).then(() => false)])
      await listener?.close()
      await Promise.all([recurring, silent])
      await applier.stop()
      clearTimeout(patience)
      log.info({ drained }, 'worker stopped')
      if (drained) await http.close()
      return drained
    },
  }
}

interface BrokerRow {
  id: string
  name: string
  webhook_version: number
}

async function brokersToServe(pool: pg.Pool, names: readonly string[] | undefined): Promise<BrokerRow[]> {
  const { rows } = await pool.query<BrokerRow>(`SELECT id, name, webhook_version FROM "Broker" ORDER BY name`)
  const missing = names?.filter(name => rows.every(row => row.name !== name)) ?? []
  if (missing.length > 0) {
    throw new CampError('NOT_FOUND', `no broker "${missing.join('", "')}"`, { hint: 'camp broker list shows them.' })
  }
  return names ? rows.filter(row => names.includes(row.name)) : rows
}

/** Who asks for our health waits no longer for what we need ourselves. */
const HEALTH_MS = 3_000

async function health(
  { pool, queues, keys }: WorkerDeps,
  brokers: number,
): Promise<{ ok: boolean; detail: Record<string, unknown> }> {
  const answer = (asked: Promise<unknown>) =>
    Promise.race([asked.then(() => 'ok', messageOf), after(HEALTH_MS).then(() => 'no answer')])
  const [database, queue, secret] = await Promise.all([
    answer(pool.query('SELECT 1')),
    answer(queues.check()),
    answer(assertSecretStands(pool, keys)),
  ])
  return { ok: [database, queue, secret].every(one => one === 'ok'), detail: { database, queue, secret, brokers } }
}

/** Does `work` every `ms`, never twice at once; what it throws is told and does not end it. */
function every(ms: number, onError: (error: unknown) => void, work: () => Promise<void>) {
  let busy = false
  const once = async () => {
    if (busy) return
    busy = true
    await work().catch(onError)
    busy = false
  }
  const timer = setInterval(once, ms)
  return { now: once, stop: () => clearInterval(timer) }
}

function after(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms).unref())
}

const SELDOM_MS = 10_000

/**
 * What is away says so many times a second, from every connection: each message is told at once, and then every ten seconds,
 * with how often it came.
 */
function seldom(clock: Clock, tell: (message: string, times: number) => void): (error: unknown) => void {
  const told = new Map<string, { at: number; times: number }>()
  return error => {
    const message = messageOf(error)
    const now = clock.now().getTime()
    const last = told.get(message) ?? { at: Number.NEGATIVE_INFINITY, times: 0 }
    last.times++
    if (now - last.at >= SELDOM_MS) {
      tell(message, last.times)
      told.set(message, { at: now, times: 0 })
    } else told.set(message, last)
    // Messages may hold a job's id: what is old is not kept for ever.
    if (told.size > 100) for (const [key, { at }] of told) if (now - at > SELDOM_MS) told.delete(key)
  }
}

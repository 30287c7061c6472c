import { setMaxListeners } from 'node:events'
import type pg from 'pg'
import { isNationalHoliday } from '../calendar/national-holidays.ts'
import { type Clock, systemMonotonic, systemSleep } from '../clock.ts'
import type { Config } from '../config.ts'
import { isUnreachable } from '../database/pool.ts'
import { reconcileClosings } from '../dispatch/closing/reconcile.ts'
import { openDispatch } from '../dispatch/dispatch.ts'
import type { DispatchDeps } from '../dispatch/model/deps.ts'
import { LOOK_GOOD_FOR_MS } from '../dispatch/send/permit.ts'
import { sweep } from '../dispatch/sweep.ts'
import type { CampError } from '../errors.ts'
import { createHttp, httpOptions, USUAL_TIMEOUT_MS } from '../http/client.ts'
import type { Marks } from '../installation/marks.ts'
import type { Language } from '../language/language.ts'
import { currentLanguage, speaking } from '../language/text.ts'
import type { Log } from '../log.ts'
import type { Consumer, Queues } from '../queue/queues.ts'
import { signingAudits } from '../security/audit-log.ts'
import { assertSecretStands, SecretMismatch } from '../security/fingerprint.ts'
import type { Keys } from '../security/keys.ts'
import { startApplier } from '../webhook/apply-loop.ts'
import type { Listener } from '../webhook/listener.ts'
import { brokersToServe, type ServedBroker } from './brokers.ts'
import { callbackUrls } from './callback-urls.ts'
import { campaignLog } from './campaign-log.ts'
import { checkpointing } from './checkpointing.ts'
import { databaseOffset } from './database-clock.ts'
import { faults } from './faults.ts'
import { openGuard } from './guard.ts'
import { type Health, health } from './health.ts'
import { type Heartbeat, startHeartbeat } from './heartbeat.ts'
import { logFired, startRecurrences } from './recurrences.ts'
import { assertReady } from './start-checks.ts'
import { runDue } from './start-due.ts'
import { periodic, sleep, throttledLog } from './timing.ts'

export interface WorkerDeps {
  pool: pg.Pool
  queues: Queues
  keys: Keys
  config: Config
  clock: Clock
  log: Log
  /** The stores of the mark outside the database. */
  marks: Marks
  /** Starts the database again if camp manages it (embedded mode). */
  reviveDatabase?: (() => Promise<unknown>) | undefined
}

export interface WorkerOptions {
  /** Names; undefined: all brokers. */
  brokers: readonly string[] | undefined
  /** Batches per broker that are processed at once. */
  concurrency: number
  /** Already open, and owned by the worker: closed when the worker stops, or fails to start. */
  listener: Listener | undefined
}

export interface Worker {
  /** No new claims; resolves when requests in flight have settled, or after `DRAIN_MS`. @returns whether all had settled */
  stop(): Promise<boolean>
  /** Resolves with the error if this process must end: its secret is no longer the database's. */
  fault: Promise<CampError>
  /** Whether it can take jobs now, and else why not. */
  health(): Promise<Health>
}

/** How long a stop waits for answers: those that arrive are settled, and requests without one are in doubt. */
const ANSWERS_MS = 22_000
/** Batches that have not settled by then are left to their lease. */
const DRAIN_MS = 27_000
/** How soon the log tells that a campaign was started or has ended. */
const TELL_MS = 2_000
/** Nothing is in flight when a start has failed. */
const UNDO_MS = 500

/**
 * A worker: consumes every broker's queue, sweeps when the control queue schedules it, applies callbacks, and listens for them
 * if requested. Any number of them may run, on any number of machines.
 *
 * It starts consuming last, when everything that it needs is available. It speaks English, because it logs and stores its reasons;
 * only the error that prevents its start is in the language of the caller.
 * @throws the error of what is missing (start-checks.ts); then nothing runs and no lead was changed
 */
export function startWorker(deps: WorkerDeps, options: WorkerOptions): Promise<Worker> {
  const language = currentLanguage()
  return signingAudits({ keys: deps.keys, wrote: false }, () => speaking('en', () => start(deps, options, language)))
}

async function start(deps: WorkerDeps, options: WorkerOptions, language: Language): Promise<Worker> {
  const { pool, queues, keys, config, clock, log } = deps
  const { listener } = options
  const { fault, heeding } = faults(log)
  let offsetMs = 0
  const now = () => new Date(clock.now().getTime() + offsetMs)
  const served = new Map<string, ServedBroker>()
  const http = createHttp(httpOptions(config, clock))
  const callbacks = callbackUrls(config, { keys, log, listening: listener?.url })
  const draining = new AbortController()
  // Each request that waits for its slot listens to it.
  setMaxListeners(0, draining.signal)
  const dispatch: DispatchDeps = {
    pool,
    queues,
    keys,
    http,
    log,
    draining: draining.signal,
    now,
    sleep: systemSleep,
    monotonic: systemMonotonic,
    random: Math.random,
    timezone: config.timezone,
    isHoliday: isNationalHoliday,
    leaseMs: adapterTimeoutMs =>
      config.leaseMs ?? 3 * (config.httpTimeoutMs ?? Math.max(USUAL_TIMEOUT_MS, adapterTimeoutMs ?? 0)),
    callbackUrl: (brokerId, brokerUrl, leadId) => {
      const broker = served.get(brokerId)
      return broker && callbacks.of(broker, brokerUrl, leadId)
    },
  }

  const dispatchJob = openDispatch(dispatch)

  if (
    config.leaseMs !== undefined &&
    config.leaseMs < 2 * ((config.httpTimeoutMs ?? USUAL_TIMEOUT_MS) + LOOK_GOOD_FOR_MS)
  ) {
    log.warn(
      { event: 'config.lease_short' },
      'CAMP_LEASE_MS is shorter than two HTTP timeouts and 1.2 s: its leads are in doubt before the last answer can come',
    )
  }

  const guard = openGuard({ pool, marks: deps.marks, log, monotonic: systemMonotonic })
  const consumers = new Map<string, Consumer>()
  const onQueueError = throttledLog(clock, (err, times) =>
    log.warn({ event: 'queue.error', err, times }, 'queue error'),
  )
  // A secret mismatch is reported elsewhere, and is not an error of the queue.
  const onError = (error: unknown) => error instanceof SecretMismatch || onQueueError(error)
  const onMarkError = throttledLog(clock, (err, times) =>
    log.error({ event: 'guard.mark_failed', err, times }, 'the mark cannot be written: nothing is claimed'),
  )
  let stopping = false
  const refreshBrokers = async () => {
    const brokers = await brokersToServe(pool, options.brokers)
    await callbacks.warnOfSilence(brokers.filter(broker => !served.has(broker.id)))
    for (const broker of brokers) {
      served.set(broker.id, broker)
      if (stopping || guard.state() === 'HELD' || consumers.has(broker.id)) continue
      // A skipped job is enqueued again by a sweep, once a person has decided.
      const handle = heeding(async (batchId: string) => {
        if (await guard.mayClaim()) await dispatchJob(batchId)
      })
      consumers.set(broker.id, queues.onBatch(broker.id, handle, { concurrency: options.concurrency, onError }))
    }
  }

  let heartbeat: Heartbeat | undefined
  const moves = campaignLog(pool, { log, clock, brokers: options.brokers })
  const telling = periodic(Math.min(config.sweepMs, TELL_MS), onError, moves.tell)
  const applier = startApplier(pool, {
    now,
    onDropped: dropped =>
      log.warn(
        { event: 'callback.dropped', ...dropped },
        'callbacks of unknown messages deleted: too many were waiting',
      ),
    onError: throttledLog(clock, (err, times) =>
      log.warn({ event: 'callback.apply_failed', err, times }, 'callbacks not applied'),
    ),
  })
  const recurrences = startRecurrences({
    pool,
    databaseUrl: pool.options.connectionString!,
    clock: { now },
    onFired: fired => logFired(log, fired),
    onError: throttledLog(clock, (err, times) =>
      log.warn({ event: 'recurrence.error', err, times }, 'recurring campaigns not checked'),
    ),
  })
  const checkpoints = checkpointing({ pool, keys, config, log, clock })
  let sweptAt = 0
  const toldMissed = new Set<string>()
  const sweepOnce = heeding(async () => {
    sweptAt = clock.now().getTime()
    if (!(await guard.mayClaim())) return applier.tidy()
    const swept = await sweep({ pool, queues, now, sweepMs: config.sweepMs })
    if (swept.inDoubt > 0) log.warn({ event: 'sweep.leases_expired', ...swept }, 'leases expired: leads are in doubt')
    recurrences.wake()
    await runDue(deps, now, toldMissed)
    await reconcileClosings(dispatch)
    applier.tidy()
    await checkpoints.take()
  })
  let control: Consumer | undefined
  const upkeep = periodic(config.sweepMs, onError, async () => {
    offsetMs = await databaseOffset(pool, clock, offsetMs).catch(async error => {
      if (!deps.reviveDatabase || !isUnreachable(error)) throw error
      await deps.reviveDatabase()
      return databaseOffset(pool, clock, offsetMs)
    })
    await heeding(() => assertSecretStands(pool, keys))()
    await heartbeat?.beat()
    await guard.beat().catch(onMarkError)
    await refreshBrokers()
    // Repeated: a Redis that was wiped has lost the schedule.
    await queues.schedule('sweep', config.sweepMs)
    // A queue that lost the job but not the schedule never delivers it again; an extra sweep does no harm.
    if (clock.now().getTime() - sweptAt > 3 * config.sweepMs) await sweepOnce()
  })

  const stop = async (withinMs: number): Promise<boolean> => {
    stopping = true
    draining.abort()
    http.withdrawWaiting('not sent: the worker was stopping')
    // Answers that are still missing then are given up, and those that came are settled.
    const patience = setTimeout(() => http.abandonAnswers('no answer before the worker had to stop'), ANSWERS_MS)
    // All at once: a slow caller of the listener must not take time from requests in flight.
    const parts = [
      upkeep.stop(),
      recurrences.stop(),
      heartbeat?.drain(),
      telling.stop(),
      listener?.close(),
      control?.close(),
      ...[...consumers.values()].map(consumer => consumer.close()),
    ]
    const closing = Promise.allSettled(parts).then(() => Promise.all([applier.stop(), guard.stop(), heartbeat?.stop()]))
    const drained = await Promise.race([closing.then(() => true), sleep(withinMs).then(() => false)])
    clearTimeout(patience)
    if (drained) await http.close()
    return drained
  }

  const healthNow = () => health(deps, { now: now(), brokerIds: [...consumers.keys()], sending: guard.state() })

  try {
    await speaking(language, () => assertReady({ pool, queues, keys, brokers: options.brokers }))
    offsetMs = await databaseOffset(pool, clock, 0)
    await guard.beat()
    heartbeat = await startHeartbeat(
      pool,
      {
        brokers: options.brokers,
        everyMs: config.sweepMs,
        listening: listener?.url,
        callbackUrl: listener && callbacks.base,
      },
      onError,
    )
    await refreshBrokers()
    control = queues.onTask(sweepOnce, { concurrency: 1, onError })
  } catch (error) {
    await stop(UNDO_MS)
    throw error
  }
  listener?.serve({
    pool,
    keys,
    log,
    clock: { now },
    publicUrl: callbacks.base,
    health: healthNow,
    onStored: applier.wake,
  })
  upkeep.start()
  await moves.skipPast()
  await upkeep.now()
  await sweepOnce().catch(onError)
  log.info(
    {
      event: 'worker.started',
      brokers: served.size,
      concurrency: options.concurrency,
      ...(listener && { listening: listener.url }),
    },
    'worker started',
  )
  telling.start()

  return {
    fault,
    health: healthNow,
    stop: async () => {
      const drained = await stop(DRAIN_MS)
      await Promise.race([moves.tell().catch(onError), sleep(UNDO_MS)])
      log.info({ event: 'worker.stopped', drained }, 'worker stopped')
      return drained
    },
  }
}

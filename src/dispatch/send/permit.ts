import { BLOCKED_LEAD } from '../../blocklist/blocked-lead.ts'
import type { Monotonic } from '../../clock.ts'
import type { Sql } from '../../database/pool.ts'
import type { ClaimedBatch, LookedAt } from '../model/claimed-batch.ts'

/**
 * The permission to write a claimed batch's requests (docs/decisions/0024-a-look-before-each-write.md). A request is written only
 * within LOOK_GOOD_FOR_MS of the time at which this process began to read in the database that it may be: its campaign is
 * PROCESSING, the batch is this attempt's, the lease has time left, the blocklist does not contain its recipients. The claim is
 * the first such look; a request that is written later needs another one. So a process that was frozen at any time writes nothing
 * when it continues, and a committed stop is in force everywhere LOOK_GOOD_FOR_MS later, without a message to any worker.
 */
export const LOOK_GOOD_FOR_MS = 600

/** No request is written in the last half of its lease: a sweep decides about an expired lease long after the last write. */
const LEASE_MARGIN = 1 / 2

/** Why a request was not written. */
export type Withheld =
  /** Its recipients' contact hours had ended. */
  | 'HOURS'
  /** The campaign no longer runs, or its price or its credential has changed. */
  | 'STOPPED'
  /** The batch is no longer this attempt's, or its lease is nearly over. */
  | 'LEASE'
  | 'BLOCKED'
  | 'DRAINING'
  /** The database could not be asked. */
  | 'DATABASE'
  /** The last look is too old. */
  | 'STALE'

export interface PermitDeps {
  pool: Sql
  now: () => Date
  monotonic: Monotonic
  /** Aborted when this process shuts down: no further request is written. */
  draining: AbortSignal
}

export interface Permit {
  /** Looks again if the last look is too old; concurrent requests share one look. @returns undefined: it may be written */
  renew(): Promise<Withheld | undefined>
  /** To be called in the tick of the write. @returns undefined: it may be written */
  refusal(): Withheld | undefined
  /** Whether the last look found this lead's recipient on the blocklist. */
  isBlocked(leadId: string): boolean
}

export type PermittedBatch = Pick<
  ClaimedBatch,
  'id' | 'attempt' | 'lookedAt' | 'leaseMs' | 'windowEndsAt' | 'unitCost' | 'credential'
>

/**
 * The permits of batches that were claimed together: one look is for all of them.
 * @param batches of one campaign, as their claim left them
 */
export function openPermits(deps: PermitDeps, batches: readonly PermittedBatch[]): Permit[] {
  const [first] = batches
  if (!first) return []
  const goodForMs = Math.min(LOOK_GOOD_FOR_MS, first.leaseMs / 4)
  let lookedAt = first.lookedAt
  const ended = new Map<string, Withheld>()
  let blocked: ReadonlySet<string> = new Set()
  let looking: Promise<void> | undefined

  const refusal = ({ id, windowEndsAt }: PermittedBatch): Withheld | undefined => {
    const end = ended.get(id)
    if (end) return end
    if (deps.draining.aborted) return 'DRAINING'
    if (deps.now() >= windowEndsAt) return 'HOURS'
    return isStale(deps, lookedAt, goodForMs) ? 'STALE' : undefined
  }

  const look = async () => {
    const at = lookingAt(deps)
    const seen = await lookAt(deps.pool, batches).catch(() => undefined)
    const found = new Map(seen?.map(batch => [batch.id, batch]))
    for (const { id } of batches) {
      const batch = found.get(id)
      if (!seen) ended.set(id, 'DATABASE')
      else if (!batch?.held) ended.set(id, 'LEASE')
      else if (!batch.runs) ended.set(id, 'STOPPED')
    }
    if (!seen) return
    lookedAt = at
    blocked = new Set(seen.flatMap(batch => batch.blocked))
  }

  return batches.map(batch => ({
    refusal: () => refusal(batch),
    isBlocked: leadId => blocked.has(leadId),
    renew: async () => {
      // A slow look is too old when it returns: it is repeated, and other requests run in between.
      for (let looks = 0; looks < MAX_LOOKS && refusal(batch) === 'STALE'; looks++) {
        looking ??= look().finally(() => {
          looking = undefined
        })
        await looking
      }
      return refusal(batch)
    },
  }))
}

const MAX_LOOKS = 5

/** The time of a look. To be called before the look is sent. */
export function lookingAt({ monotonic, now }: Pick<PermitDeps, 'monotonic' | 'now'>): LookedAt {
  return { monotonic: monotonic(), clock: now() }
}

/** By either clock: the monotonic clock stops while the machine is suspended, the other one may be set. */
export function isStale(
  { monotonic, now }: Pick<PermitDeps, 'monotonic' | 'now'>,
  lookedAt: LookedAt,
  goodForMs: number,
): boolean {
  return (
    monotonic() - lookedAt.monotonic > goodForMs || Math.abs(now().getTime() - lookedAt.clock.getTime()) > goodForMs
  )
}

interface Seen {
  id: string
  held: boolean
  runs: boolean
  blocked: string[]
}

/** One statement, so that all of it is read at one time, no earlier than when it was sent. */
async function lookAt(sql: Sql, batches: readonly PermittedBatch[]): Promise<Seen[]> {
  const { leaseMs, unitCost, credential } = batches[0]!
  const { rows } = await sql.query<Seen>(
    `SELECT b.id, b.status = 'SENDING' AND b.attempt = a.attempt
              AND b.lease_until > clock_timestamp() + $3 * interval '1 millisecond' AS held,
            c.status = 'PROCESSING' AND coalesce(c.unit_cost, r.cost_per_message) = $4::numeric
              AND k.id = $5 AND k.updated_at = $6 AS runs,
            ARRAY(
              SELECT l.id::text FROM "CampaignLead" l
              WHERE l.campaign_id = b.campaign_id AND l.seq BETWEEN b.from_seq AND b.to_seq AND l.batch_number = b.number
                AND l.status = 'SENDING' AND ${BLOCKED_LEAD}) AS blocked
     FROM unnest($1::uuid[], $2::int[]) AS a(id, attempt)
     JOIN "Batch" b ON b.id = a.id
     JOIN "Campaign" c ON c.id = b.campaign_id
     JOIN "Broker" r ON r.id = c.broker_id
     LEFT JOIN "Credential" k ON k.wallet_id = c.wallet_id AND k.broker_id = c.broker_id`,
    [
      batches.map(batch => batch.id),
      batches.map(batch => batch.attempt),
      leaseMs * LEASE_MARGIN,
      unitCost,
      credential.id,
      credential.updatedAt,
    ],
  )
  return rows
}

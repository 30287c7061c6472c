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

/** @param batch as its claim left it: the claim was the first look */
export function openPermit(deps: PermitDeps, batch: PermittedBatch): Permit {
  const goodForMs = Math.min(LOOK_GOOD_FOR_MS, batch.leaseMs / 4)
  let lookedAt = batch.lookedAt
  let ended: Withheld | undefined
  let blocked: ReadonlySet<string> = new Set()
  let looking: Promise<void> | undefined

  const refusal = (): Withheld | undefined => {
    if (ended) return ended
    if (deps.draining.aborted) return 'DRAINING'
    if (deps.now() >= batch.windowEndsAt) return 'HOURS'
    return isStale(deps, lookedAt, goodForMs) ? 'STALE' : undefined
  }

  const look = async () => {
    const at = lookingAt(deps)
    const seen = await lookAt(deps.pool, batch).catch(() => undefined)
    if (!seen) ended = 'DATABASE'
    else if (!seen.held) ended = 'LEASE'
    else if (!seen.runs) ended = 'STOPPED'
    else {
      lookedAt = at
      blocked = new Set(seen.blocked)
    }
  }

  return {
    refusal,
    isBlocked: leadId => blocked.has(leadId),
    renew: async () => {
      // A slow look is too old when it returns: it is repeated, and other requests run in between.
      for (let looks = 0; looks < MAX_LOOKS && refusal() === 'STALE'; looks++) {
        looking ??= look().finally(() => {
          looking = undefined
        })
        await looking
      }
      return refusal()
    },
  }
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
  held: boolean
  runs: boolean
  blocked: string[]
}

/** One statement, so that all of it is read at one time, no earlier than when it was sent. */
async function lookAt(
  sql: Sql,
  { id, attempt, leaseMs, unitCost, credential }: PermittedBatch,
): Promise<Seen | undefined> {
  const { rows } = await sql.query<Seen>(
    `SELECT b.status = 'SENDING' AND b.attempt = $2
              AND b.lease_until > clock_timestamp() + $3 * interval '1 millisecond' AS held,
            c.status = 'PROCESSING' AND coalesce(c.unit_cost, r.cost_per_message) = $4::numeric
              AND k.id = $5 AND k.updated_at = $6 AS runs,
            ARRAY(
              SELECT l.id::text FROM "CampaignLead" l
              WHERE l.campaign_id = b.campaign_id AND l.seq BETWEEN b.from_seq AND b.to_seq AND l.batch_number = b.number
                AND l.status = 'SENDING' AND ${BLOCKED_LEAD}) AS blocked
     FROM "Batch" b
     JOIN "Campaign" c ON c.id = b.campaign_id
     JOIN "Broker" r ON r.id = c.broker_id
     LEFT JOIN "Credential" k ON k.wallet_id = c.wallet_id AND k.broker_id = c.broker_id
     WHERE b.id = $1`,
    [id, attempt, leaseMs * LEASE_MARGIN, unitCost, credential.id, credential.updatedAt],
  )
  return rows[0]
}

import type pg from 'pg'
import type { Clock } from '../../clock.ts'
import { locking } from '../../database/lock-order.ts'
import { type Sql, type Tx, transaction } from '../../database/pool.ts'
import { CampError } from '../../errors.ts'
import { type Hold, holdOf, type Installation, lockInstallation } from '../../installation/installation.ts'
import { releaseHold } from '../../installation/release.ts'
import { serverIdentity } from '../../installation/server.ts'
import { t } from '../../language/text.ts'
import type { CampaignStatus } from '../../lifecycle/campaign-status.ts'
import { makeMove } from '../../lifecycle/make-move.ts'
import { recordAudit } from '../../security/audit-log.ts'
import { lockCampaign } from '../campaign-header.ts'

/** A campaign that may have sent messages that this database does not know of. */
export interface OpenCampaign {
  id: string
  agendamento_id: string
  name: string
  broker: string
  status: CampaignStatus
  scheduled_at: Date | null
  /** The last claim or outcome that this database has. */
  last_event_at: Date | null
  pending: number
  sending: number
  in_doubt: number
  /** The status that accepting the restore gives it; null: unchanged, because it sends nothing without a person. */
  becomes: 'PAUSED' | 'PENDING_APPROVAL' | null
}

export interface RestoreReport {
  hold: Hold
  /** When a worker last marked this database; null: never. */
  marked_at: Date | null
  campaigns: OpenCampaign[]
  /** The handles of the recurring campaigns that accepting the restore pauses. */
  recurrences: string[]
}

/** @throws CampError STATE if the database does not wait for a person */
export async function restoreReport(sql: Sql, now: Date): Promise<RestoreReport> {
  const hold = await holdOf(sql)
  if (!hold) throw notHeld()
  const { rows: marks } = await sql.query<{ marked_at: Date | null }>(`SELECT marked_at FROM "Installation"`)
  return {
    hold,
    marked_at: marks[0]?.marked_at ?? null,
    campaigns: await openCampaigns(sql, now),
    recurrences: await activeRecurrences(sql),
  }
}

/** Campaigns with leads to send or in flight; those that continue without a command come first. */
async function openCampaigns(sql: Sql, now: Date): Promise<OpenCampaign[]> {
  const { rows } = await sql.query<Omit<OpenCampaign, 'becomes'>>(
    `SELECT c.id, c.agendamento_id, c.name, r.name AS broker, c.status, c.scheduled_at, l.pending, l.sending, l.in_doubt,
            greatest((SELECT max(claimed_at) FROM "Batch" WHERE campaign_id = c.id),
                     (SELECT max(at) FROM "LeadEvent" WHERE campaign_id = c.id)) AS last_event_at
     FROM "Campaign" c
     JOIN "Broker" r ON r.id = c.broker_id
     CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE status = 'PENDING')::int AS pending, count(*) FILTER (WHERE status = 'SENDING')::int AS sending,
              count(*) FILTER (WHERE status = 'IN_DOUBT')::int AS in_doubt
       FROM "CampaignLead" WHERE campaign_id = c.id AND status IN ('PENDING', 'SENDING', 'IN_DOUBT')
     ) l
     WHERE c.status NOT IN ('FINISHED', 'CANCELLED', 'ARCHIVED')
        OR EXISTS (SELECT 1 FROM "Batch" WHERE campaign_id = c.id AND status = 'SENDING')
     ORDER BY c.status <> 'PROCESSING', c.status <> 'APPROVED', c.created_at DESC`,
  )
  return rows.map(row => ({ ...row, becomes: restoreOutcomeOf(row, now) }))
}

/**
 * A running campaign is paused. An approved one that is due, or that has no schedule (`camp campaign run --due` would start it),
 * must be approved again: it may have been started since, which is not known here.
 */
function restoreOutcomeOf({ status, scheduled_at: at }: Pick<OpenCampaign, 'status' | 'scheduled_at'>, now: Date) {
  if (status === 'PROCESSING') return 'PAUSED'
  return status === 'APPROVED' && (at === null || at <= now) ? 'PENDING_APPROVAL' : null
}

async function activeRecurrences(sql: Sql): Promise<string[]> {
  const { rows } = await sql.query<{ handle: string }>(
    `SELECT handle FROM "Recurrence" WHERE status = 'ACTIVE' ORDER BY created_at`,
  )
  return rows.map(row => row.handle)
}

const MAY_HAVE_GONE_OUT = 'older data was accepted: what is PENDING here may have been sent since'

/**
 * Accepts the data after a person has read the report: nothing in it continues without a command, and this database is the
 * installation's from now on. One transaction, with its audit. Leads in flight become in doubt when their lease ends, as usual.
 * @throws CampError STATE if the database does not wait for a person
 */
export async function acceptRestore(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  userId: string,
): Promise<RestoreReport> {
  const { server } = await serverIdentity(pool)
  return transaction(pool, async tx => {
    // Campaigns first, as everywhere: the installation's row is the last that a transaction locks.
    const now = clock.now()
    const report = await restoreReport(tx, now)
    for (const { id, becomes } of report.campaigns) {
      if (becomes === null) continue
      const campaign = await lockCampaign(tx, id)
      if (restoreOutcomeOf(campaign, now) !== becomes) continue
      const move = becomes === 'PAUSED' ? 'pause' : 'void'
      await makeMove(tx, move, campaign, { userId, now, reason: MAY_HAVE_GONE_OUT })
    }
    await pauseRecurrences(tx, userId, now)
    const installation = await lockInstallation(tx)
    if (!installation.hold) throw notHeld()
    await releaseHold(tx, installation, server)
    await audit(tx, installation, report, userId)
    return report
  })
}

/** The next occurrence would take a file that may have been sent. */
async function pauseRecurrences(tx: Tx, userId: string, now: Date): Promise<void> {
  const { rows } = await locking(tx, 'Recurrence').query<{ id: string }>(
    `UPDATE "Recurrence" SET status = 'PAUSED', updated_at = $1 WHERE status = 'ACTIVE' RETURNING id`,
    [now],
  )
  for (const { id } of rows) {
    const detail = { reason: MAY_HAVE_GONE_OUT }
    await recordAudit(tx, { userId, action: 'recurrence.pause', subject: 'Recurrence', subjectId: id, detail })
  }
}

function audit(tx: Tx, { id, hold }: Installation, report: RestoreReport, userId: string): Promise<void> {
  const detail = {
    kind: hold!.kind,
    reason: hold!.reason,
    held_since: hold!.at,
    stopped: report.campaigns.filter(one => one.becomes !== null).map(one => one.agendamento_id),
    recurrences: report.recurrences,
  }
  return recordAudit(tx, { userId, action: 'installation.accept', subject: 'Installation', subjectId: id, detail })
}

function notHeld(): CampError {
  return new CampError('INSTALLATION_NOT_HELD', t`this database is not held: there is nothing to accept`, {
    hint: t`A worker checks this at its start, and reports a hold. To stop all sending now: camp db hold`,
  })
}

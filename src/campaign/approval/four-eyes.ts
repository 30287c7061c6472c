import type { Sql } from '../../database/pool.ts'
import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import { selfApprovalHint, settingOf } from '../../security/settings.ts'
import type { Via } from '../../security/via.ts'

/** Why importers may approve their own campaigns: the installation's setting, or there is no other user. */
export type OwnApproval = 'SETTING' | 'ONLY_USER'

/**
 * The user who imported a campaign or created a recurring one, and the user behind their password or token (src/security/via.ts).
 */
export interface Hands {
  handle: string
  userId: string
  viaId: string | null
}

export interface Approver {
  id: string
  via: Pick<Via, 'id'> | null
}

/**
 * Four eyes: the approver must be another person than the importer. The person who created a user's token or set their password
 * counts as that user too, on either side.
 * @returns why approval by the same person is allowed, for the audit; null if they are different persons
 * @throws CampError AUTH
 */
export async function assertFourEyes(sql: Sql, made: Hands, approver: Approver): Promise<OwnApproval | null> {
  if (areOthers(made, approver)) return null
  const own = await ownApproval(sql)
  if (own !== null) return own
  throw new CampError('SELF_APPROVAL', refusal(made, approver), { hint: selfApprovalHint() })
}

/** Whether no person is on both sides. */
export function areOthers(made: Hands, approver: Approver): boolean {
  const approving = [approver.id, approver.via?.id]
  return !approving.includes(made.userId) && (made.viaId === null || !approving.includes(made.viaId))
}

function refusal({ handle, userId, viaId }: Hands, { id }: Approver): string {
  if (userId === id) return t`you imported ${handle}: another ADMIN must approve it`
  if (viaId === id)
    return t`${handle} was imported with a token that you created or a password that you set: another ADMIN must approve it`
  return t`the user who imported ${handle}, or created its token, set the password of your login: another ADMIN must
    approve it, or you can, after you set your own password (camp user password) and log in again`
}

/**
 * @returns why importers may approve their own campaigns; null if they may not. Users who were disabled within the last 30 days
 *   count as users: otherwise an ADMIN could disable all others for a short time
 */
export async function ownApproval(sql: Sql): Promise<OwnApproval | null> {
  if ((await settingOf(sql, 'self-approval')) === 'allow') return 'SETTING'
  const { rows } = await sql.query<{ users: number }>(
    `SELECT count(*)::int AS users FROM "User" WHERE disabled_at IS NULL OR disabled_at > now() - interval '30 days'`,
  )
  return rows[0]!.users === 1 ? 'ONLY_USER' : null
}

/** For a campaign that a recurrence opened: the user who created the recurrence. */
export async function handsOn(
  sql: Sql,
  { id, agendamento_id: handle, user_id: userId }: { id: string; agendamento_id: string; user_id: string },
): Promise<Hands> {
  const { rows } = await sql.query<{ via: string | null }>(
    `SELECT e.detail #>> '{via,id}' AS via FROM "AuditEvent" e
     WHERE (e.subject = 'Campaign' AND e.subject_id = $1::text AND e.action = 'campaign.import')
        OR (e.subject = 'Recurrence' AND e.action = 'recurrence.add'
            AND e.subject_id = (SELECT o.recurrence_id::text FROM "Occurrence" o WHERE o.campaign_id = $1::uuid))
     ORDER BY e.detail #>> '{via,id}' LIMIT 1`,
    [id],
  )
  return { handle, userId, viaId: rows[0]?.via ?? null }
}

export async function handsOnRecurrence(
  sql: Sql,
  { id, handle, user_id: userId }: { id: string; handle: string; user_id: string },
): Promise<Hands> {
  const { rows } = await sql.query<{ via: string | null }>(
    `SELECT detail #>> '{via,id}' AS via FROM "AuditEvent"
     WHERE subject = 'Recurrence' AND subject_id = $1 AND action = 'recurrence.add'`,
    [id],
  )
  return { handle, userId, viaId: rows[0]?.via ?? null }
}

import type { Sql } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { SELF_APPROVAL_HINT, settingOf } from '../security/settings.ts'

/** What lets importers approve their own: the installation's setting, or that it has no other user. */
export type OwnApproval = 'SETTING' | 'ONLY_USER'

/**
 * An ADMIN other than its importer approves a campaign.
 * @returns why the importer may approve it, for the audit; null where the approver is another
 * @throws CampError AUTH
 */
export async function assertFourEyes(
  sql: Sql,
  campaign: { user_id: string; agendamento_id: string },
  userId: string,
): Promise<OwnApproval | null> {
  if (campaign.user_id !== userId) return null
  const own = await ownApproval(sql)
  if (own !== null) return own
  throw new CampError('AUTH', `you imported ${campaign.agendamento_id}: another ADMIN must approve it`, {
    hint: SELF_APPROVAL_HINT,
  })
}

/** @returns why importers may approve their own; null where they may not */
export async function ownApproval(sql: Sql): Promise<OwnApproval | null> {
  if ((await settingOf(sql, 'self-approval')) === 'allow') return 'SETTING'
  const { rows } = await sql.query<{ users: number }>(
    `SELECT count(*)::int AS users FROM "User" WHERE disabled_at IS NULL`,
  )
  return rows[0]!.users === 1 ? 'ONLY_USER' : null
}

import type { Sql } from '../../database/pool.ts'
import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import type { CampaignStatus } from '../../lifecycle/campaign-status.ts'

export interface CampaignRef {
  id: string
  agendamento_id: string
  name: string
  status: CampaignStatus
  /** The user who imported it. */
  user_id: string
  scheduled_at: Date | null
}

const LAST = '@last'
/** Fewer characters may be the end of a handle by accident. */
const MIN_END = 4
/** camp-C261128-2GJZ4-0001: the handle and the number of the batch. */
const REQUEST_NAME = /^camp-([^-]+-[^-]+)(?:-\d+)?$/i

/**
 * Finds a campaign by its id or agendamento_id, a unique beginning of either, a unique end of the agendamento_id (handles of one day
 * begin alike), or the name of its requests at the broker (`requestName` in src/dispatch/send/send.ts). `@last` is the last campaign
 * that the user imported.
 * @throws CampError CAMPAIGN_NOT_FOUND; REFERENCE_AMBIGUOUS if several match
 */
export async function findCampaign(sql: Sql, given: string, user: { id: string }): Promise<CampaignRef> {
  if (given === LAST) return findLast(sql, user)
  const ref = REQUEST_NAME.exec(given)?.[1] ?? given
  const end = ref.length < MIN_END ? null : ref
  const { rows } = await sql.query<CampaignRef>(
    `SELECT id, agendamento_id, name, status, user_id, scheduled_at FROM "Campaign"
     WHERE starts_with(upper(agendamento_id), upper($1)) OR starts_with(id::text, lower($1))
        OR right(agendamento_id, length($2::text)) = upper($2)
     ORDER BY created_at DESC LIMIT 6`,
    [ref, end],
  )
  const exact = rows.find(row => row.id === ref.toLowerCase() || row.agendamento_id === ref.toUpperCase())
  if (exact) return exact
  if (ref === '' || rows.length === 0) {
    throw new CampError('CAMPAIGN_NOT_FOUND', t`no campaign "${ref}"`, { hint: t`See: camp campaign list` })
  }
  if (rows.length > 1) {
    throw new CampError(
      'REFERENCE_AMBIGUOUS',
      t`"${ref}" is the beginning or end of several campaigns: ${rows.map(row => row.agendamento_id).join(', ')}`,
    )
  }
  return rows[0]!
}

async function findLast(sql: Sql, user: { id: string }): Promise<CampaignRef> {
  const { rows } = await sql.query<CampaignRef>(
    `SELECT id, agendamento_id, name, status, user_id, scheduled_at FROM "Campaign"
     WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1`,
    [user.id],
  )
  if (rows[0]) return rows[0]
  throw new CampError('CAMPAIGN_NOT_FOUND', t`you have imported no campaign yet: there is no @last`, {
    hint: t`See: camp campaign list`,
  })
}

import type { Sql } from '../../database/pool.ts'
import { CampError } from '../../errors.ts'
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

/**
 * Finds a campaign by its id, its agendamento_id, or a unique prefix of either.
 * @throws CampError NOT_FOUND; USAGE if the prefix matches several
 */
export async function findCampaign(sql: Sql, ref: string): Promise<CampaignRef> {
  const { rows } = await sql.query<CampaignRef>(
    `SELECT id, agendamento_id, name, status, user_id, scheduled_at FROM "Campaign"
     WHERE starts_with(upper(agendamento_id), upper($1)) OR starts_with(id::text, lower($1))
     ORDER BY created_at DESC LIMIT 6`,
    [ref],
  )
  const exact = rows.find(row => row.id === ref.toLowerCase() || row.agendamento_id === ref.toUpperCase())
  if (exact) return exact
  if (ref === '' || rows.length === 0) {
    throw new CampError('CAMPAIGN_NOT_FOUND', `no campaign "${ref}"`, { hint: 'See: camp campaign list' })
  }
  if (rows.length > 1) {
    throw new CampError(
      'REFERENCE_AMBIGUOUS',
      `"${ref}" is the beginning of several campaigns: ${rows.map(row => row.agendamento_id).join(', ')}`,
    )
  }
  return rows[0]!
}

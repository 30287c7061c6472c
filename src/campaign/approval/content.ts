import { adapterOf } from '../../broker/registry.ts'
import { formatMoney, moneyOf } from '../../budget/money.ts'
import type { Sql } from '../../database/pool.ts'
import { CampError } from '../../errors.ts'
import { t } from '../../language/text.ts'
import type { CampaignHeader } from '../campaign-header.ts'
import { approvalHash } from './approval-hash.ts'

/** Identifies what an approver was shown: an approval with other content is refused. */
export interface ShownContent {
  /** The approval hash. */
  hash: string
  /** Leads to send, fish included. */
  leads: number
}

export interface Content extends ShownContent {
  /** Of the leads. */
  fish: number
  /** At most, at the broker's present price; a decimal string. */
  cost: string
}

/** Counts the campaign's PENDING leads: a second for millions. */
export async function contentOf(sql: Sql, campaign: CampaignHeader): Promise<Content> {
  const { rows } = await sql.query<{ leads: number; fish: number }>(
    `SELECT count(*)::int AS leads, count(*) FILTER (WHERE is_fish)::int AS fish
     FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'PENDING'`,
    [campaign.id],
  )
  const { leads, fish } = rows[0]!
  const cost = formatMoney(moneyOf(campaign.cost_per_message) * BigInt(leads))
  return { hash: approvalHash(campaign), leads, fish, cost }
}

/** @throws CampError DATA: free text where the broker needs a template, or the reverse */
export async function assertContent(campaign: CampaignHeader): Promise<void> {
  const { content } = await adapterOf(campaign.adapter)
  const { broker } = campaign
  const wrong =
    content === 'TEMPLATE' && campaign.template_id === null
      ? t`broker ${broker} sends approved templates only, and this campaign has free text`
      : content === 'TEXT' && campaign.template_id !== null
        ? t`broker ${broker} sends free text only, and this campaign has a template`
        : undefined
  if (wrong === undefined) return
  throw new CampError('MESSAGE_KIND_REFUSED', wrong, {
    hint: content === 'TEMPLATE' ? t`Import it again with --template CODE.` : t`Import it again with --message TEXT.`,
  })
}

import { createHash } from 'node:crypto'
import { lawOf } from '../../calendar/state-laws.ts'
import type { CampaignHeader } from '../../lifecycle/campaign-header.ts'
import { canonicalJson } from '../../security/canonical.ts'

/**
 * What an approval is bound to (docs/design.md#approval): who is sent what, by whom, at what price, when and how fast, and what
 * binds it. If any of it changes afterwards (a broker's price, a template's text), the hash does too, and the campaign must be
 * approved again.
 */
export function approvalHash(campaign: CampaignHeader): string {
  const covered = [
    campaign.source_sha256,
    campaign.lead_count,
    campaign.fish,
    campaign.base_message,
    campaign.template_code,
    campaign.template_content,
    campaign.template_vars,
    campaign.wallet_id,
    campaign.broker_id,
    campaign.cost_per_message,
    campaign.hours_from,
    campaign.hours_to,
    campaign.days,
    campaign.allow_holidays,
    campaign.no_cap,
    campaign.purpose,
    campaign.throttling_type,
    campaign.throttling_config,
    // As camp knew them then. Without any, nothing is added: what was approved before there were laws stays approved.
    ...(campaign.state_laws.length > 0 ? [{ state_laws: campaign.state_laws.map(lawCovered) }] : []),
  ]
  return hashOf(covered)
}

/** One hash over anything that JSON can hold. */
export function hashOf(covered: readonly unknown[]): string {
  return createHash('sha256').update(canonicalJson(covered)).digest('hex')
}

function lawCovered(state: string) {
  return { state, week: lawOf(state)?.week ?? null }
}

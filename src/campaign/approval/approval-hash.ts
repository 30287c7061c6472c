import { createHash } from 'node:crypto'
import { lawOf } from '../../calendar/state-laws.ts'
import type { SettingColumns, SettingName } from '../../campaign-settings/schema.ts'
import type { CampaignHeader } from '../../lifecycle/campaign-header.ts'
import { canonicalJson } from '../../security/canonical.ts'

/**
 * What an approval is bound to (docs/design.md#approval): who is sent what, by whom, at what price, when and how fast, and what
 * binds it. If any of it changes afterwards (a broker's price, a template's text), the hash does too, and the campaign must be
 * approved again.
 */
export function approvalHash(campaign: CampaignHeader): string {
  return hashOf([...LISTED.map(column => campaign[column]), ...added(campaign)])
}

/** One hash over anything that JSON can hold. */
export function hashOf(covered: readonly unknown[]): string {
  return createHash('sha256').update(canonicalJson(covered)).digest('hex')
}

/** The columns that every hash begins with. What stands here, and in which order, is fixed: else every approval given is void. */
const LISTED = [
  'source_sha256',
  'lead_count',
  'fish',
  'base_message',
  'template_code',
  'template_content',
  'template_vars',
  'wallet_id',
  'broker_id',
  'cost_per_message',
  'hours_from',
  'hours_to',
  'days',
  'allow_holidays',
  'no_cap',
  'purpose',
  'throttling_type',
  'throttling_config',
] as const satisfies (keyof CampaignHeader)[]

/**
 * Of each setting, what an approval covers: LISTED, its columns stand in the list; a function, what is added behind the list,
 * under a name of its own; or, of a setting that is not covered, why. What is added must be undefined at the setting's default:
 * what was approved before there was the setting stays approved.
 */
const COVERED: { readonly [Name in SettingName]: Covered<Name> } = {
  message: 'LISTED',
  vars: 'LISTED',
  throttle: 'LISTED',
  hours: 'LISTED',
  days: 'LISTED',
  allowHolidays: 'LISTED',
  // As camp knew them then.
  stateLaws: ({ state_laws }) =>
    state_laws.length > 0
      ? { state_laws: state_laws.map(state => ({ state, week: lawOf(state)?.week ?? null })) }
      : undefined,
  noCap: 'LISTED',
  purpose: 'LISTED',
  scheduledAt: {
    not: 'when it starts, not what is sent: run --now starts before it, and retry clears one that is past',
  },
  startBefore: { not: 'when a start is too late to happen automatically: a person may start it at any time' },
  batchSize: { not: 'how requests are cut, not what is sent' },
  staleDays: { not: 'which rows the import refused: its leads are counted, and the file is covered' },
}

type Covered<Name extends SettingName> =
  | (keyof SettingColumns<Name> extends (typeof LISTED)[number] ? 'LISTED' : never)
  | ((columns: SettingColumns<Name>) => object | undefined)
  | { not: string }

function added(campaign: CampaignHeader): object[] {
  return Object.values(COVERED).flatMap(how => (typeof how === 'function' ? (how(campaign) ?? []) : []))
}

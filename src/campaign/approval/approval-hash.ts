import { createHash } from 'node:crypto'
import { lawOf } from '../../calendar/state-laws.ts'
import type { SettingColumns, SettingName } from '../../campaign-settings/schema.ts'
import { canonicalJson } from '../../security/canonical.ts'
import type { CampaignHeader } from '../campaign-header.ts'

/**
 * What an approval covers (docs/design.md#approval): the recipients, the message, the sender, the price, the times and the rate,
 * and the rules that apply. If any of it changes afterwards (a broker's price, a template's text), the hash changes too, and the
 * campaign must be approved again.
 */
export function approvalHash(campaign: CampaignHeader): string {
  return hashOf([...LISTED.map(column => campaign[column]), ...added(campaign)])
}

/** A hash of any value that JSON can represent. */
export function hashOf(covered: readonly unknown[]): string {
  return createHash('sha256').update(canonicalJson(covered)).digest('hex')
}

/** The columns that every hash begins with. The list and its order are fixed: a change voids every existing approval. */
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
 * How an approval covers each setting. LISTED: its columns are in the list. A function: returns what is appended to the list,
 * under its own name, and undefined at the setting's default, so that approvals from before the setting stay valid. `not`: why
 * the setting is not covered.
 */
const COVERED: { readonly [Name in SettingName]: Covered<Name> } = {
  message: 'LISTED',
  vars: 'LISTED',
  throttle: 'LISTED',
  hours: 'LISTED',
  days: 'LISTED',
  allowHolidays: 'LISTED',
  // The laws are covered too: a correction of one voids the approvals under it.
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

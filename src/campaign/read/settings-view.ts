import { hoursOf } from '../../campaign-settings/contact-hours.ts'
import { formatDays, formatHours } from '../../campaign-settings/hours-and-days.ts'
import type { AllOf, SettingColumns, SettingName } from '../../campaign-settings/schema.ts'
import { type LawView, lawViews } from '../../campaign-settings/state-laws.ts'
import { formatThrottle } from '../../campaign-settings/throttle-text.ts'

/**
 * What `show --json` and a dry run print for each setting, in this order: a function of the campaign's columns, or the reason why
 * the setting is not printed.
 */
const SHOWN = {
  // A campaign has either a text or a template: both are printed.
  message: ({ base_message, template }) => ({ message: base_message, template }),
  vars: 'the template is shown; the import checks that each of its variables has a column',
  throttle: ({ throttling_type: type, throttling_config: config }) => ({ throttle: formatThrottle({ type, config }) }),
  hours: ({ hours_from: from, hours_to: to }) => ({ hours: formatHours({ from, to }) }),
  days: ({ days }) => ({ days: formatDays(days) }),
  allowHolidays: ({ allow_holidays }) => ({ allow_holidays }),
  stateLaws: (columns): { state_laws: LawView[] } => ({ state_laws: lawViews(hoursOf(columns)) }),
  noCap: ({ no_cap }) => ({ no_cap }),
  purpose: ({ purpose }) => ({ purpose }),
  scheduledAt: ({ scheduled_at }) => ({ scheduled_at: scheduled_at?.toISOString() ?? null }),
  startBefore: 'it matters only when a start was missed, which the forecast shows (start_missed)',
  batchSize: 'how requests are cut, not what is sent; the import shows the resulting size (plan)',
  staleDays: 'it applies only at the import, which shows the rows that were refused',
} satisfies Record<SettingName, ((columns: ShownColumns) => object) | string>

/** `template` is the template's code. */
export type ShownColumns = SettingColumns & { template: string | null }

type Shown = typeof SHOWN

/**
 * Times are ISO 8601. `state_laws`: the laws that narrow the contact hours for residents of their states. `purpose` null: every
 * entry of the blocklist applies.
 */
export type SettingsView = AllOf<{ [Name in keyof Shown]: FieldsOf<Shown[Name]> }[keyof Shown]>

type FieldsOf<How> = How extends (columns: ShownColumns) => infer Fields ? Fields : never

export function settingsView(columns: ShownColumns): SettingsView {
  const fields = Object.values(SHOWN).map(how => (typeof how === 'string' ? {} : how(columns)))
  return Object.assign({}, ...fields) as SettingsView
}

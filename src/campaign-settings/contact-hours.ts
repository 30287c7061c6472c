import type { ContactHours } from '../calendar/contact-hours.ts'
import type { CampaignSettings, SettingColumns, SettingName } from './schema.ts'

/** The settings that define the contact hours of a campaign. */
export const HOURS_SETTINGS = ['hours', 'days', 'allowHolidays', 'stateLaws'] as const satisfies SettingName[]

type HoursSetting = (typeof HOURS_SETTINGS)[number]

export type HoursColumns = SettingColumns<HoursSetting>

/** From the row of a campaign. */
export function hoursOf(campaign: HoursColumns): ContactHours {
  return {
    from: campaign.hours_from,
    to: campaign.hours_to,
    days: campaign.days,
    allowHolidays: campaign.allow_holidays,
    laws: campaign.state_laws,
  }
}

/** From the settings of a campaign that is not imported yet. */
export function contactHoursOf(settings: Pick<CampaignSettings, HoursSetting>): ContactHours {
  const { hours, days, allowHolidays, stateLaws } = settings
  return { ...hours, days, allowHolidays, laws: stateLaws }
}

import type { ContactHours } from '../calendar/contact-hours.ts'
import type { CampaignSettings, SettingColumns, SettingName } from './schema.ts'

/** The settings that are a campaign's contact hours. */
export const HOURS_SETTINGS = ['hours', 'days', 'allowHolidays', 'stateLaws'] as const satisfies SettingName[]

type HoursSetting = (typeof HOURS_SETTINGS)[number]

export type HoursColumns = SettingColumns<HoursSetting>

/** Of a campaign's row. */
export function hoursOf(campaign: HoursColumns): ContactHours {
  return {
    from: campaign.hours_from,
    to: campaign.hours_to,
    days: campaign.days,
    allowHolidays: campaign.allow_holidays,
    laws: campaign.state_laws,
  }
}

/** Of a campaign that is not imported yet. */
export function contactHoursOf(settings: Pick<CampaignSettings, HoursSetting>): ContactHours {
  const { hours, days, allowHolidays, stateLaws } = settings
  return { ...hours, days, allowHolidays, laws: stateLaws }
}

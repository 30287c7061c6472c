import { z } from 'zod'
import type { Hours } from './hours-and-days.ts'
import { formatThrottle, parseThrottle, type ThrottleColumns } from './throttle-text.ts'

/**
 * The settings of a campaign. An entry defines one: `json` its value and its form in a recurring import's JSON, `default` its
 * value without an option, `columns` its columns in "Campaign". A new setting does not compile until these files cover it: what
 * of it an approval covers (src/campaign/approval/approval-hash.ts), what of it is shown (src/campaign/read/settings-view.ts) and
 * from which option it is read (src/cli/commands/campaign/import/settings.ts). The JSON of recurring imports stored before does
 * not contain a new setting, so its `json` needs a `.default()`.
 */
const SETTINGS = {
  /** The text; null: a template, each row's own text, or none. In the stored text, the placeholders name columns of the file. */
  message: setting({
    json: z.string().nullable(),
    default: null,
    columns: (message): { base_message: string | null } => ({ base_message: message }),
  }),
  /** Template variable → column. As stored, it covers every variable; null if there is a text. */
  vars: setting({
    json: z.record(z.string(), z.string()),
    default: {},
    columns: (vars): { template_vars: unknown } => ({ template_vars: vars }),
  }),
  throttle: setting({
    json: z.codec(z.string(), z.custom<ThrottleColumns>(), { decode: parseThrottle, encode: formatThrottle }),
    default: { type: 'none', config: null },
    columns: ({ type, config }): { throttling_type: string; throttling_config: unknown } => ({
      throttling_type: type,
      throttling_config: config,
    }),
  }),
  /** Contact hours, in the recipient's time zone, in minutes since midnight. */
  hours: setting({
    json: z.object({ from: z.number().int(), to: z.number().int() }) satisfies z.ZodType<Hours>,
    default: { from: 480, to: 1200 },
    columns: ({ from, to }) => ({ hours_from: from, hours_to: to }),
  }),
  /** Contact days: bit 0 Monday … bit 6 Sunday. */
  days: setting({
    json: z.number().int(),
    default: 63,
    columns: days => ({ days }),
  }),
  allowHolidays: setting({
    json: z.boolean(),
    default: false,
    columns: allowed => ({ allow_holidays: allowed }),
  }),
  /** The states whose laws narrow the contact hours of their recipients. */
  stateLaws: setting({
    json: z.array(z.string()),
    default: [],
    columns: states => ({ state_laws: states }),
  }),
  /** Whether recipients who got a message within 24 hours get this one, too. */
  noCap: setting({
    json: z.boolean(),
    default: false,
    columns: noCap => ({ no_cap: noCap }),
  }),
  /** Its purpose, which decides which blocklist entries apply; null: all apply. */
  purpose: setting({
    json: z.string().nullable(),
    default: null,
    columns: purpose => ({ purpose }),
  }),
  /** null: a user starts it. A recurring import stores null; each occurrence has its own time. */
  scheduledAt: setting({
    json: z.date().nullable(),
    default: null,
    columns: at => ({ scheduled_at: at }),
  }),
  /** Minutes. A start that is missed by more than this does not happen automatically. */
  startBefore: setting({
    json: z.number().int().positive(),
    default: 60,
    columns: minutes => ({ start_before: minutes }),
  }),
  /** Maximum of messages in a batch; null: as many as the broker takes. */
  batchSize: setting({
    json: z.number().int().positive().nullable(),
    default: null,
    columns: size => ({ batch_size: size }),
  }),
  /** Days. Rows with an older date of registration are refused; 0: no age check. */
  staleDays: setting({
    json: z.number().int().nonnegative(),
    default: 7,
    columns: days => ({ stale_days: days }),
  }),
}

type Definitions = typeof SETTINGS

export type SettingName = keyof Definitions

/** The values of a campaign's settings. */
export type CampaignSettings = { [Name in SettingName]: z.output<Definitions[Name]['json']> }

/** The columns of some settings (without a name, of all) as "Campaign" holds them. */
export type SettingColumns<Name extends SettingName = SettingName> = AllOf<ReturnType<Definitions[Name]['columns']>>

/** The settings and their JSON: `z.encode` writes it, `parse` reads it. */
export const campaignSettings = z.strictObject(each('json'))

/** The settings of an import without options. */
export const DEFAULT_SETTINGS: CampaignSettings = each('default')

/** The columns of "Campaign" for these settings. */
export function columnsOf(settings: CampaignSettings): SettingColumns {
  const columns = SETTING_NAMES.map(name => columnsOfOne(name, settings[name]))
  return Object.assign({}, ...columns) as SettingColumns
}

/** The columns of some settings (without a name, of all) for a SELECT: "c.hours_from, c.hours_to". */
export function columnsSql(table: string, names: readonly SettingName[] = SETTING_NAMES): string {
  const columns = names.flatMap(name => Object.keys(columnsOfOne(name, DEFAULT_SETTINGS[name])))
  return columns.map(column => `${table}.${column}`).join(', ')
}

const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[]

function columnsOfOne<Name extends SettingName>(name: Name, value: CampaignSettings[Name]): object {
  const { columns } = SETTINGS[name] as Setting<z.ZodType, object>
  return columns(value)
}

function each<Part extends 'json' | 'default'>(part: Part): { [Name in SettingName]: Definitions[Name][Part] } {
  const parts = Object.entries(SETTINGS).map(([name, definition]) => [name, definition[part]])
  return Object.fromEntries(parts) as { [Name in SettingName]: Definitions[Name][Part] }
}

interface Setting<Json extends z.ZodType, Columns extends object> {
  json: Json
  default: z.output<Json>
  columns: (value: z.output<Json>) => Columns
}

function setting<Json extends z.ZodType, Columns extends object>(
  definition: Setting<Json, Columns>,
): Setting<Json, Columns> {
  return definition
}

/** Turns A | B into A & B. */
export type AllOf<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never

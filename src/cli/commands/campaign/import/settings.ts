import { parsePurpose } from '../../../../blocklist/purpose.ts'
import type { Present } from '../../../../campaign/read/forecast.ts'
import { contactHoursOf } from '../../../../campaign-settings/contact-hours.ts'
import { parseDays, parseHours } from '../../../../campaign-settings/hours-and-days.ts'
import type { CampaignSettings } from '../../../../campaign-settings/schema.ts'
import { assertLawsOpen, parseStateLaws } from '../../../../campaign-settings/state-laws.ts'
import { parseThrottle } from '../../../../campaign-settings/throttle-text.ts'
import { CampError } from '../../../../errors.ts'
import { t } from '../../../../language/text.ts'
import { parseDateTime } from '../../../../time/parse-date-time.ts'
import type { OptionsOf } from '../../../command.ts'
import { parsePairs } from '../../../parse-pairs.ts'
import type * as commands from '../index.ts'

/** A campaign's settings, from the options of an import. @throws CampError USAGE */
export function readSettings(options: OptionsOf<typeof commands.importFile>, present: Present): CampaignSettings {
  const laws = parseStateLaws(options.stateLaws)
  const settings: CampaignSettings = {
    message: options.message ?? null,
    vars: parsePairs('--var', options.var ?? []),
    throttle: parseThrottle(options.throttle),
    hours: parseHours(options.hours),
    days: parseDays(options.days),
    allowHolidays: options.allowHolidays ?? false,
    stateLaws: laws.states,
    noCap: !options.cap,
    purpose: options.purpose === undefined ? null : parsePurpose('--purpose', options.purpose),
    scheduledAt: options.schedule === undefined ? null : scheduleOf(options.schedule, present),
    startBefore: options.startBefore,
    batchSize: options.batchSize ?? null,
    staleDays: options.staleDays,
  }
  if (laws.named) assertLawsOpen(contactHoursOf(settings))
  return settings
}

function scheduleOf(text: string, { now, timezone }: Present): Date {
  const at = parseDateTime(text, timezone)
  if (at > now) return at
  throw new CampError('SCHEDULE_IN_PAST', t`--schedule ${text} is in the past`, {
    hint: t`Choose a later time. Without --schedule, start it with camp campaign run.`,
  })
}

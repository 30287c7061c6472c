import type { Present } from '../../campaign/read/forecast.ts'
import type { LiveCampaign } from '../../campaign/read/live.ts'
import { noWorker } from '../../campaign/read/next-step.ts'
import type { Wait } from '../../campaign/read/wait.ts'
import { storedOrNull, storedText } from '../../language/stored/stored-text.ts'
import { t } from '../../language/text.ts'
import { dateTimeText } from '../../time/date-time-text.ts'
import { number, time } from '../commands/campaign/text.ts'

/** One sentence without its full stop: why nothing is sent. */
export function waitText(
  wait: Wait,
  campaign: Pick<LiveCampaign, 'handle' | 'total' | 'throttle'>,
  at: Present,
): string {
  switch (wait.why) {
    case 'STOPPED': {
      const { status, stop, reason } = wait
      const who = status === 'PAUSED' && stop ? t`${status} by ${stop.by ?? 'camp'}` : status
      const when = stop ? ` ${moment(new Date(stop.at), at)}` : ''
      const why = storedOrNull(stop?.reason ?? reason)
      return `${who}${when}${why ? `: ${why}` : ''}`
    }
    case 'START':
      return wait.until === null
        ? t`start it: camp campaign run ${campaign.handle}`
        : t`starts ${moment(wait.until, at)}`
    case 'HELD':
      return t`nothing is sent: ${storedText(wait.reason)}. See: camp db accept-restore --show`
    case 'NO_WORKER':
      return noWorker()
    case 'BROKER':
      return t`broker away since ${moment(wait.since, at)} (${storedText(wait.reason)}), next try ${second(wait.until, at)}`
    case 'HOURS':
      return t`waits until ${moment(wait.until, at)}: contact hours (${number(wait.closed)} of
        ${number(campaign.total)} leads)`
    case 'PACE':
      return t`waits until ${second(wait.until, at)}: pace ${campaign.throttle}`
  }
}

/** 14:05 if it is today, otherwise Mon 30 Nov 08:00. */
export function moment(at: Date, present: Present): string {
  const { timezone, now } = present
  const [day, today] = [at, now].map(each => time(each, timezone).slice(0, 10))
  return day === today ? time(at, timezone).slice(11, 16) : dateTimeText(at, present)
}

/** With seconds if it is today. */
function second(at: Date, present: Present): string {
  const text = moment(at, present)
  return text.length === 5 ? time(at, present.timezone).slice(11) : text
}

import { moneyOf, reaisText } from '../../../../budget/money.ts'
import { monthText } from '../../../../budget/month.ts'
import type { Granted } from '../../../../campaign/approval/approve.ts'
import type { Proposal } from '../../../../campaign/approval/proposal.ts'
import type { Present } from '../../../../campaign/read/forecast.ts'
import { monthOf } from '../../../../time/local-day.ts'
import { about, number } from '../text.ts'

/** "50 people and 2 fish". */
export function peopleText({ leads, fish }: { leads: number; fish: number }): string {
  const people = leads - fish === 1 ? '1 person' : `${number(leads - fish)} people`
  return fish === 0 ? people : `${people} and ${fish} fish`
}

/** "at most R$ 2,25". @param cost a decimal string */
export function costText(cost: string): string {
  return `at most ${reaisText(moneyOf(cost), 'UP')}`
}

/** "November". @param month YYYY-MM */
export function monthNameOf(month: string, { now, timezone }: Present): string {
  return monthText(month, monthOf(now, timezone))
}

/** "3 people, at most R$ 0,14; R$ 4.999,87 left in November" */
export function grantedText(granted: Granted, present: Present): string {
  const { left, month } = granted
  const rest = left === null ? '' : `; ${reaisText(moneyOf(left))} left in ${monthNameOf(month, present)}`
  return `${peopleText(granted)}, ${costText(granted.cost)}${rest}`
}

/** Why it cannot be approved by this approver, in a few words. */
export function obstacleText({ obstacle, left, wallet, budget: { month } }: Proposal): string {
  switch (obstacle?.code) {
    case 'SELF_APPROVAL':
      return 'yours: another ADMIN must'
    case 'BUDGET_EXCEEDED':
      return `over budget by ${reaisText(-moneyOf(left!), 'UP')}`
    case 'BUDGET_MISSING':
      return `no budget for ${month}`
    case 'CREDENTIAL_MISSING':
      return `no credential for ${wallet}`
    default:
      return obstacle?.message ?? ''
  }
}

/** "when run", or the time of its schedule. */
export function startText({ scheduledAt }: Pick<Proposal, 'scheduledAt'>, { now, timezone }: Present): string {
  if (scheduledAt === null) return 'when run'
  return scheduledAt <= now ? 'at once' : about(scheduledAt, timezone, now)
}

/** "5 min", "3 h", "2 d". */
export function ageText(since: Date, now: Date): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - since.getTime()) / 60_000))
  if (minutes < 60) return `${minutes} min`
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`
}

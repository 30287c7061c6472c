import { moneyOf, reaisText } from '../../../../budget/money.ts'
import { monthText } from '../../../../budget/month.ts'
import type { Granted } from '../../../../campaign/approval/approve.ts'
import type { Proposal } from '../../../../campaign/approval/proposal.ts'
import type { Present } from '../../../../campaign/read/forecast.ts'
import { t } from '../../../../language/text.ts'
import { monthOf } from '../../../../time/local-day.ts'
import { about, number } from '../text.ts'

/** "50 people and 2 fish". */
export function peopleText({ leads, fish }: { leads: number; fish: number }): string {
  const people = leads - fish === 1 ? t`1 person` : t`${number(leads - fish)} people`
  return fish === 0 ? people : t`${people} and ${fish} fish`
}

/** "at most R$ 2,25". @param cost a decimal string */
export function costText(cost: string): string {
  return t`at most ${reaisText(moneyOf(cost), 'UP')}`
}

/** "November". @param month YYYY-MM */
export function monthNameOf(month: string, { now, timezone }: Present): string {
  return monthText(month, monthOf(now, timezone))
}

/** "3 people, at most R$ 0,14; R$ 4.999,87 left in November" */
export function grantedText(granted: Granted, present: Present): string {
  const { left, month } = granted
  const what = `${peopleText(granted)}, ${costText(granted.cost)}`
  return left === null ? what : t`${what}; ${reaisText(moneyOf(left))} left in ${monthNameOf(month, present)}`
}

/** Why it cannot be approved by this approver, in a few words. */
export function obstacleText({ obstacle, left, wallet, budget: { month } }: Proposal): string {
  switch (obstacle?.code) {
    case 'SELF_APPROVAL':
      return t`yours: another ADMIN must`
    case 'BUDGET_EXCEEDED':
      return t`over budget by ${reaisText(-moneyOf(left!), 'UP')}`
    case 'BUDGET_MISSING':
      return t`no budget for ${month}`
    case 'CREDENTIAL_MISSING':
      return t`no credential for ${wallet}`
    default:
      return obstacle?.message ?? ''
  }
}

/** "when run", or the time of its schedule. */
export function startText({ scheduledAt }: Pick<Proposal, 'scheduledAt'>, { now, timezone }: Present): string {
  if (scheduledAt === null) return t`when run`
  return scheduledAt <= now ? t`at once` : about(scheduledAt, timezone, now)
}

/** "5 min", "3 h", "2 d". */
export function ageText(since: Date, now: Date): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - since.getTime()) / 60_000))
  if (minutes < 60) return `${minutes} min`
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} d`
}

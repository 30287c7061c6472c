import type { CampaignRef } from '../../../campaign/read/find.ts'
import { sendableAt } from '../../../campaign/read/forecast.ts'
import { CampError } from '../../../errors.ts'
import { t } from '../../../language/text.ts'
import { isLegal } from '../../../lifecycle/campaign-status.ts'
import { assertMay } from '../../../security/permissions.ts'
import { dateTimeText } from '../../../time/date-time-text.ts'
import type { Context } from '../../context.ts'
import { askYes, hasTerminal } from '../../prompt.ts'
import { number } from './text.ts'

/**
 * Runs before a campaign with a future schedule is sent: --now allows it, a terminal asks. --yes alone is not enough: it confirms
 * what was asked for, and this time is not the one that was approved.
 * @throws CampError STATE without a terminal, or with --yes alone; AUTH: a USER who did not import it; INTERRUPTED on a no
 */
export async function assertTimeHasCome(
  context: Context,
  campaign: CampaignRef,
  move: 'run' | 'resume',
  options: { now?: boolean },
): Promise<void> {
  const { id, agendamento_id: handle, scheduled_at, status, user_id: ownerId } = campaign
  const present = { now: context.clock.now(), timezone: context.config.timezone }
  if (!isLegal(move, status) || scheduled_at === null || scheduled_at <= present.now) return
  const pool = await context.pool()
  const isAsked = hasTerminal(context) && !context.options.yes
  if (options.now || isAsked) {
    await assertMay(pool, `campaign ${move} --now`, await context.actor(), { handle, ownerId })
  }
  if (options.now) return
  const at = dateTimeText(scheduled_at, present)
  const { now, later, opening } = await sendableAt(pool, id, present)
  const effect =
    opening === null
      ? later > 0
        ? t`${people(now)} would receive it now, ${people(later)} when their contact hours open`
        : t`${people(now)} would receive it now`
      : t`${people(later)} would receive it from ${dateTimeText(opening.at, present)} (${opening.because})`
  if (isAsked) return askYes(context, t`${handle} is scheduled: it starts at ${at}. Start it now? ${effect}.`)
  throw new CampError('SCHEDULED_LATER', t`${handle} is scheduled: it starts at ${at}, which is in the future`, {
    hint: t`To start it now: camp campaign ${move} ${handle} --now (${effect}). --yes does not change the time.`,
  })
}

function people(n: number): string {
  return n === 1 ? t`1 person` : t`${number(n)} people`
}

import type { ExplainedMessage, LeadStory } from '../../../campaign/read/explain-phone.ts'
import type { Step } from '../../../campaign/read/lead-history.ts'
import type { Match } from '../../../campaign/read/lead-search.ts'
import { storedOrNull, storedText } from '../../../language/stored/stored-text.ts'
import { t } from '../../../language/text.ts'
import { type Block, fields } from '../../blocks.ts'
import type { Context } from '../../context.ts'
import { table } from '../../table.ts'
import { repliesText, time } from './text.ts'

/** The history of a value, as `camp campaign explain` prints it. */
export function storyText(context: Context, story: LeadStory): (string | Block)[] {
  const { timezone } = context.config
  const head = fields([
    ...story.matches.filter(match => match.leads > 0).map(match => [KINDS[match.as](), foundAs(match)] as const),
    ...story.blocked.map(
      ({ source, reason, created_at }) =>
        [
          t`blocked`,
          [t`by ${source} since ${time(created_at, timezone)}`, storedOrNull(reason)].filter(Boolean).join(': '),
        ] as const,
    ),
    ...story.erased.map(
      ({ at, leads }) => [t`erased`, t`on ${time(at, timezone)}: the data of ${countOf(leads)} was replaced`] as const,
    ),
    [t`replies`, repliesText(story.replies)],
    [
      t`pruned`,
      story.pruned_campaigns > 0
        ? t`the data of ${story.pruned_campaigns} older campaigns was replaced: their messages are not shown`
        : null,
    ],
    [t`held`, story.next_message_after && t`by its last message until ${time(story.next_message_after, timezone)}`],
  ])
  return [head, ...story.messages.flatMap(message => ['', ...messageText(context, message)])]
}

const KINDS: Readonly<Record<Match['as'], () => string>> = {
  phone: () => t`phone`,
  document: () => t`document`,
  contract: () => t`contract`,
}

function foundAs({ value, leads }: Match): string {
  return `${value} (${countOf(leads)})`
}

function countOf(leads: number): string {
  return leads === 1 ? t`1 lead` : t`${leads} leads`
}

function messageText({ config: { timezone } }: Context, message: ExplainedMessage): Block[] {
  const { campaign, name, wallet, broker, source_line, source_file, is_fish, status, error_code, reason, steps } =
    message
  const facts = fields([
    [t`campaign`, `${campaign}  ${name} (${message.campaign_status})`],
    [t`wallet`, t`${wallet}, broker ${broker}`],
    [
      t`row`,
      is_fish
        ? t`a fish (control phone)`
        : [t`line ${source_line ?? ''} of ${source_file}`, message.nome].filter(Boolean).join(', '),
    ],
    [t`status`, `${status}${error_code ? ` ${error_code}` : ''}: ${storedText(reason)}`],
    [t`text`, message.text],
  ])
  const columns = [
    { title: t`WHEN`, value: ({ at }: Step) => time(at, timezone) },
    { title: t`WHAT`, value: ({ what }: Step) => what },
    {
      title: t`DETAIL`,
      value: ({ by, detail }: Step) => [storedOrNull(detail), by && t`by ${by}`].filter(Boolean).join(', '),
    },
  ]
  return [facts, table(steps, columns)]
}

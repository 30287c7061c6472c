import type { ExplainedMessage, LeadStory } from '../../../campaign/read/explain-phone.ts'
import type { Step } from '../../../campaign/read/lead-history.ts'
import type { Match } from '../../../campaign/read/lead-search.ts'
import { type Block, fields } from '../../blocks.ts'
import type { Context } from '../../context.ts'
import { table } from '../../table.ts'
import { time } from './text.ts'

/** The history of a value, as `camp campaign explain` prints it. */
export function storyText(context: Context, story: LeadStory): (string | Block)[] {
  const { timezone } = context.config
  const head = fields([
    ...story.matches.filter(match => match.leads > 0).map(match => [match.as, foundAs(match)] as const),
    ...story.blocked.map(
      ({ source, reason, created_at }) =>
        ['blocked', `by ${source} since ${time(created_at, timezone)}${reason ? `: ${reason}` : ''}`] as const,
    ),
    ...story.erased.map(
      ({ at, leads }) => ['erased', `on ${time(at, timezone)}: the data of ${countOf(leads)} was replaced`] as const,
    ),
    [
      'pruned',
      story.pruned_campaigns > 0
        ? `the data of ${story.pruned_campaigns} older campaigns was replaced: their messages are not shown`
        : null,
    ],
    ['held', story.next_message_after && `by its last message until ${time(story.next_message_after, timezone)}`],
  ])
  return [head, ...story.messages.flatMap(message => ['', ...messageText(context, message)])]
}

function foundAs({ value, leads }: Match): string {
  return `${value} (${countOf(leads)})`
}

function countOf(leads: number): string {
  return `${leads} ${leads === 1 ? 'lead' : 'leads'}`
}

function messageText({ config: { timezone } }: Context, message: ExplainedMessage): Block[] {
  const { campaign, name, wallet, broker, source_line, source_file, is_fish, status, error_code, reason, steps } =
    message
  const facts = fields([
    ['campaign', `${campaign}  ${name} (${message.campaign_status})`],
    ['wallet', `${wallet}, broker ${broker}`],
    [
      'row',
      is_fish
        ? 'a fish (control phone)'
        : `line ${source_line} of ${source_file}${message.nome ? `, ${message.nome}` : ''}`,
    ],
    ['status', `${status}${error_code ? ` ${error_code}` : ''}: ${reason}`],
    ['text', message.text],
  ])
  const columns = [
    { title: 'WHEN', value: ({ at }: Step) => time(at, timezone) },
    { title: 'WHAT', value: ({ what }: Step) => what },
    { title: 'DETAIL', value: ({ by, detail }: Step) => [detail, by && `by ${by}`].filter(Boolean).join(', ') },
  ]
  return [facts, table(steps, columns)]
}

import { InvalidArgumentError } from '@commander-js/extra-typings'
import { CampError } from '../../../errors.ts'
import { asks, later, leaf, type Register } from '../../command.ts'
import { wholeNumber } from '../../options.ts'

export const register: Register = (campaign, action) => {
  const repeat = campaign.command('repeat').description('recurring campaigns: list, approve, pause, resume, remove')
  repeat.addHelpText(
    'after',
    '\nMake one: camp campaign import \'inbox/*.csv\' --repeat "0 9 * * 1-5" --wallet W --broker B …\n' +
      'At each occurrence the newest file that is new is imported as a campaign. It waits for approval, unless a standing one\n' +
      'covers it; then it starts within its hours. A worker sees to it, or cron: camp campaign run --due.',
  )
  leaf(repeat, 'list', 'recurring campaigns, newest first')
    .option('--all', 'also those that were removed')
    .action(action(later(async () => (await import('./repeat-life.ts')).list)))
  leaf(repeat, 'show <id>', 'one of them, and what became of its occurrences')
    .option('--limit <n>', 'at most this many occurrences', wholeNumber(1, 10_000), 20)
    .action(action(later(async () => (await import('./repeat-life.ts')).show)))
  leaf(repeat, 'approve <id>', 'a standing approval for what it opens (ADMIN, not its owner)')
    .requiredOption('--ceiling <amount>', 'what one campaign may cost: 500.00', amount)
    .option('--until <day>', 'its last day, YYYY-MM-DD; without it, until it is revoked', day)
    .action(action(later(async () => (await import('./repeat-life.ts')).approve)))
  leaf(repeat, 'revoke <id>', 'end its standing approval: every campaign waits for a person again (ADMIN)').action(
    action(later(async () => (await import('./repeat-life.ts')).revoke)),
  )
  for (const [move, description] of [
    ['pause', 'no more campaigns until it is resumed (any user)'],
    ['resume', 'go on with the next occurrence; what was missed is not made up for (its owner, or an ADMIN)'],
    ['remove', 'end it; the campaigns that it has opened stay (its owner, or an ADMIN)'],
  ] as const) {
    const command = leaf(repeat, `${move} <id>`, description)
    if (move === 'remove') asks(command)
    command.action(action(later(async () => (await import('./repeat-life.ts'))[move])))
  }
}

function amount(text: string): string {
  if (/^\d{1,10}(\.\d{1,2})?$/.test(text)) return text
  throw new InvalidArgumentError('It takes an amount such as 500.00.')
}

function day(text: string): string {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined
  if (date && !Number.isNaN(+date) && date.toISOString().startsWith(text)) return text
  throw new InvalidArgumentError('It takes a day such as 2026-12-31.')
}

/** What decides an occurrence by itself cannot be said of all. @throws CampError USAGE */
export function assertRepeatable(options: Readonly<Record<string, unknown>>): void {
  const wrong = ['schedule', 'again', 'rejects'].find(name => options[name] !== undefined)
  if (wrong === undefined) return
  throw new CampError('OPTIONS_CONFLICT', `--${wrong} does not go with --repeat`, {
    hint: {
      schedule: 'Its cron expression says when.',
      again: 'A file is imported once.',
      rejects: 'See what was refused: camp campaign leads ID --status ERROR',
    }[wrong],
  })
}

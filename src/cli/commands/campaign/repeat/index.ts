import { InvalidArgumentError } from '@commander-js/extra-typings'
import { t } from '../../../../language/text.ts'
import { addCommand, asks, type Parent } from '../../../add-command.ts'
import type { Register } from '../../../command.ts'
import { lazy } from '../../../lazy.ts'
import { wholeNumber } from '../../../options.ts'

export const register: Register = (campaign, action) => {
  const repeat = campaign.command('repeat').description(t`recurring campaigns: list, approve, pause, resume, remove`)
  repeat.addHelpText(
    'after',
    `\n${t`Create one: camp campaign import 'inbox/*.csv' --repeat "0 9 * * 1-5" --wallet W --broker B …`}\n${t`At each
      occurrence the newest file that was not imported yet becomes a campaign. It waits for approval, unless a
      standing approval covers it; then it starts within its hours. A worker opens it, or cron: camp campaign run
      --due.`}`,
  )
  list(repeat).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
  show(repeat).action(action(lazy(() => import('./handlers.ts').then(module => module.show))))
  approve(repeat).action(action(lazy(() => import('./handlers.ts').then(module => module.approve))))
  revoke(repeat).action(action(lazy(() => import('./handlers.ts').then(module => module.revoke))))
  pause(repeat).action(action(lazy(() => import('./handlers.ts').then(module => module.pause))))
  resume(repeat).action(action(lazy(() => import('./handlers.ts').then(module => module.resume))))
  remove(repeat).action(action(lazy(() => import('./handlers.ts').then(module => module.remove))))
}

export const list = (parent: Parent) =>
  addCommand(parent, 'list', t`recurring campaigns, newest first`, [
    'camp campaign repeat list',
    'camp campaign repeat list --all --json',
  ]).option('--all', t`also removed ones`)

export const show = (parent: Parent) =>
  addCommand(parent, 'show <id>', t`a recurring campaign and its occurrences`, [
    'camp campaign repeat show R261128-2GJZ4',
    'camp campaign repeat show R261128-2GJZ4 --limit 5',
  ]).option('--limit <n>', t`at most this many occurrences`, wholeNumber(1, 10_000), 20)

export const approve = (parent: Parent) =>
  addCommand(parent, 'approve <id>', t`approve its future campaigns (ADMIN, not its owner)`, [
    'camp campaign repeat approve R261128-2GJZ4 --ceiling 500.00',
    'camp campaign repeat approve R261128-2GJZ4 --ceiling 500 --until 2026-12-31',
  ])
    .requiredOption('--ceiling <amount>', t`maximum cost of one campaign: 500.00`, amount)
    .option('--until <day>', t`its last day, YYYY-MM-DD (default: until it is revoked)`, day)

const revoke = (parent: Parent) =>
  addCommand(parent, 'revoke <id>', t`end its standing approval (ADMIN)`, [
    'camp campaign repeat revoke R261128-2GJZ4',
    'camp campaign repeat revoke R261128-2GJZ4 --json',
  ])

const pause = (parent: Parent) =>
  addCommand(parent, 'pause <id>', t`no more campaigns until it is resumed (any user)`, [
    'camp campaign repeat pause R261128-2GJZ4',
    'camp campaign repeat pause R261128-2GJZ4 --json',
  ])

const resume = (parent: Parent) =>
  addCommand(parent, 'resume <id>', t`continue with the next occurrence (owner or ADMIN)`, [
    'camp campaign repeat resume R261128-2GJZ4',
    'camp campaign repeat resume R261128-2GJZ4 --json',
  ])

const remove = (parent: Parent) =>
  asks(
    addCommand(parent, 'remove <id>', t`end it, keeping the campaigns it opened (owner or ADMIN)`, [
      'camp campaign repeat remove R261128-2GJZ4',
      'camp campaign repeat remove R261128-2GJZ4 --yes',
    ]),
  )

function amount(text: string): string {
  if (/^\d{1,10}(\.\d{1,2})?$/.test(text)) return text
  throw new InvalidArgumentError(t`It must be an amount such as 500.00.`)
}

function day(text: string): string {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined
  if (date && !Number.isNaN(+date) && date.toISOString().startsWith(text)) return text
  throw new InvalidArgumentError(t`It must be a day such as 2026-12-31.`)
}

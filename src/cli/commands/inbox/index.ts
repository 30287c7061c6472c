import { InvalidArgumentError } from '@commander-js/extra-typings'
import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { oneOf, wholeNumber } from '../../options.ts'

export const register: Register = (program, action) => {
  const inbox = program.command('inbox').description(t`replies of recipients: list, show, handle`)
  list(inbox).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
  show(inbox).action(action(lazy(() => import('./handlers.ts').then(module => module.show))))
  handle(inbox).action(action(lazy(() => import('./handlers.ts').then(module => module.handle))))
}

/** As on the command line, each with its verdict in handlers.ts. */
const VERDICT_WORDS = ['opt-out', 'wrong-person', 'paid', 'other'] as const
export type VerdictWord = (typeof VERDICT_WORDS)[number]

export const list = (parent: Parent) =>
  addCommand(parent, 'list', t`replies that wait for a user, newest first (masked)`, [
    "camp inbox list --wallet 'Cart A' --verdict paid",
    'camp inbox list --all --since 2026-11-01 --json',
  ])
    .option('--wallet <wallet>', t`only replies to campaigns of this wallet`)
    .option('--broker <broker>', t`only replies to messages of this broker`)
    .option('--verdict <verdict>', t`only replies with this meaning`, oneOf(VERDICT_WORDS))
    .option('--since <time>', t`from this day or time on (CAMP_TIMEZONE)`)
    .option('--all', t`also those that are handled`)
    .option('--limit <n>', t`at most this many`, wholeNumber(1, 10_000), 50)
    .option('--after <id>', t`those behind this reply: the next page`, replyId)

const show = (parent: Parent) =>
  addCommand(parent, 'show', t`a reply with its phone, its text and what decided`, [
    'camp inbox show 1042',
    'camp inbox show 1042 --json',
  ]).argument('<reply>', t`its ID in the list`, replyId)

export const handle = (parent: Parent) =>
  addCommand(parent, 'handle', t`mark replies as handled, or correct their meaning`, [
    'camp inbox handle 1042 1043',
    "camp inbox handle 1044 --as opt-out --reason 'asked by phone, too'",
  ])
    .argument('<replies...>', t`their IDs in the list`, collectIds)
    .option('--as <verdict>', t`what they mean`, oneOf(VERDICT_WORDS))
    .option('--reason <reason>', t`why`)
    .addHelpText(
      'after',
      `\n${t`opt-out and wrong-person block the phone. No decision unblocks: camp blocklist remove --phone (ADMIN).`}`,
    )

function replyId(text: string): string {
  if (/^[1-9]\d{0,17}$/.test(text)) return text
  throw new InvalidArgumentError(t`It must be a number from camp inbox list.`)
}

function collectIds(text: string, before: readonly string[] = []): string[] {
  return [...before, replyId(text)]
}

import { asks, later, leaf, type Register } from '../command.ts'
import { oneOf, wholeNumber } from '../options.ts'
import { register as registerImport } from './campaign/import.ts'
import { register as registerRepeat } from './campaign/repeat.ts'
import { LEAD_STATUS_WORDS, STATUS_WORDS } from './campaign/words.ts'

export const register: Register = (program, action) => {
  const campaign = program.command('campaign').description('import, approve, run and follow campaigns')
  campaign.addHelpText(
    'after',
    '\nID is an id, an agendamento_id, or the unique beginning of one.\n\n' +
      'A campaign: import -> approve -> run -> FINISHED; pause, resume and cancel in between.',
  )
  registerImport(campaign, action)
  registerRepeat(campaign, action)
  leaf(campaign, 'list', 'campaigns, newest first')
    .option('--status <status>', 'only those in this state', oneOf(STATUS_WORDS))
    .option('--wallet <wallet>', "only this wallet's")
    .option('--limit <n>', 'at most this many', wholeNumber(1, 100_000), 50)
    .action(action(later(async () => (await import('./campaign/show.ts')).list)))
  leaf(campaign, 'show <id>', 'a campaign: state, counts, cost, reasons').action(
    action(later(async () => (await import('./campaign/show.ts')).show)),
  )
  leaf(campaign, 'report <id>', 'what became of it, by outcome and reason').action(
    action(later(async () => (await import('./campaign/show.ts')).report)),
  )
  leaf(campaign, 'leads <id>', 'its leads, row by row of the file')
    .option('--status <status>', 'only those in this state', oneOf(LEAD_STATUS_WORDS))
    .option('--code <code>', 'only those with this error code (INVALID_PHONE, DUPLICATE, …)')
    .option('--limit <n>', 'at most this many', wholeNumber(1, 100_000_000))
    .action(action(later(async () => (await import('./campaign/leads.ts')).leads)))
  leaf(
    campaign,
    'explain <value>',
    'the history of a phone, a document or a contract: each row, each attempt, each reason',
  ).action(action(later(async () => (await import('./campaign/explain.ts')).explain)))
  leaf(
    campaign,
    'approve [id]',
    'approve it against the budget (ADMIN, not the importer); without ID: choose on the terminal',
  )
    .addHelpText('after', '\nOn a terminal it shows the campaign and asks; elsewhere, or with --yes, its ID is enough.')
    .action(action(later(async () => (await import('./campaign/life.ts')).approveCampaign)))
  asks(leaf(campaign, 'reject <id>', 'refuse approval: the campaign is cancelled (ADMIN)'))
    .option('--reason <text>', 'why, for the record')
    .action(action(later(async () => (await import('./campaign/life.ts')).rejectCampaign)))
  leaf(campaign, 'run [ids...]', 'start approved campaigns')
    .option('--due', 'all approved ones whose time has come, recurring ones too (for cron)')
    .option('--now', 'also one whose schedule is still to come (its importer, or an ADMIN)')
    .option('--wait', 'follow them to their end')
    .addHelpText('after', `\n${EARLY}\n\n${ENDS}`)
    .action(action(later(async () => (await import('./campaign/run.ts')).runCampaigns)))
  leaf(campaign, 'watch <id>', 'follow a running campaign to its end')
    .addHelpText('after', `\n${ENDS}`)
    .action(action(later(async () => (await import('./campaign/watch.ts')).watch)))
  leaf(campaign, 'pause <id>', 'stop sending: no new request starts (any user: it is urgent, and loses nothing)')
    .option('--reason <text>', 'why, for the record')
    .action(action(later(async () => (await import('./campaign/life.ts')).pauseCampaign)))
  leaf(campaign, 'resume <id>', 'go on after a pause, or after a failure that was mended (its importer, or an ADMIN)')
    .option('--now', 'also one whose schedule is still to come')
    .addHelpText('after', `\n${EARLY}`)
    .action(action(later(async () => (await import('./campaign/life.ts')).resumeCampaign)))
  asks(leaf(campaign, 'cancel <id>', 'end it: what was not sent is not sent any more (its importer, or an ADMIN)'))
    .option('--reason <text>', 'why, for the record')
    .action(action(later(async () => (await import('./campaign/life.ts')).cancelCampaign)))
  leaf(
    campaign,
    'retry <id>',
    'make what failed ready to be sent again, under a new approval; never what the broker had accepted (its importer, or an ADMIN)',
  )
    .option('--only <code...>', 'only leads with these error codes')
    .action(action(later(async () => (await import('./campaign/resolve.ts')).retry)))
  asks(leaf(campaign, 'resolve <id>', 'decide about what is in doubt, after a look at the broker (ADMIN)'))
    .option('--sent', 'the broker had taken it: its cost stays')
    .option('--not-sent', 'it had not: ERROR NOT_SENT, its cost goes back')
    .option('--resend', 'send it again; a person who had received it receives it twice')
    .option(
      '--ask',
      'ask the broker, where it can tell (TWILIO): what it has is sent, the rest stays; asks no question',
    )
    .option('--lead <lead...>', 'only these: phones, or ids of leads')
    .option('--closing', "the broker's last step (an automation's run), not the leads")
    .action(action(later(async () => (await import('./campaign/resolve.ts')).resolve)))
}

const EARLY =
  'One whose schedule is still to come is not sent early without a word: a terminal asks, elsewhere it ends with 4, and --now\n' +
  'says it. --yes is not enough: it answers whether to do what was asked for, and this is at another time than was approved.'

const ENDS =
  'Followed to its end, it ends with 0 where the campaign is FINISHED (with doubts, too); where it FAILED, 6 for the budget and\n' +
  '8 for its broker, credential or key; with 4 where it was paused or cancelled.'

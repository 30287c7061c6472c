import { later, leaf, type Register } from '../command.ts'
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
  leaf(campaign, 'report <id>', 'what became of it: by outcome, by reason, by batch').action(
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
  ).action(action(later(async () => (await import('./campaign/life.ts')).approveCampaign)))
  leaf(campaign, 'reject <id>', 'refuse approval: the campaign is cancelled (ADMIN)')
    .option('--reason <text>', 'why, for the record')
    .action(action(later(async () => (await import('./campaign/life.ts')).rejectCampaign)))
  leaf(campaign, 'run [ids...]', 'start approved campaigns')
    .option('--due', 'all approved ones whose time has come, recurring ones too (for cron)')
    .option('--wait', 'follow them to their end')
    .action(action(later(async () => (await import('./campaign/run.ts')).runCampaigns)))
  leaf(campaign, 'watch <id>', 'follow a running campaign to its end').action(
    action(later(async () => (await import('./campaign/run.ts')).watch)),
  )
  leaf(campaign, 'pause <id>', 'stop sending: no new request starts').action(
    action(later(async () => (await import('./campaign/life.ts')).pauseCampaign)),
  )
  leaf(campaign, 'resume <id>', 'go on after a pause, or after a failure that was mended').action(
    action(later(async () => (await import('./campaign/life.ts')).resumeCampaign)),
  )
  leaf(campaign, 'cancel <id>', 'end it: what was not sent is not sent any more')
    .option('--reason <text>', 'why, for the record')
    .action(action(later(async () => (await import('./campaign/life.ts')).cancelCampaign)))
  leaf(campaign, 'retry <id>', 'send again what failed, under a new approval; never what the broker had accepted')
    .option('--only <code...>', 'only leads with these error codes')
    .action(action(later(async () => (await import('./campaign/resolve.ts')).retry)))
  leaf(campaign, 'resolve <id>', 'decide about what is in doubt, after a look at the broker (ADMIN)')
    .option('--sent', 'the broker had taken it: its cost stays')
    .option('--not-sent', 'it had not: ERROR NOT_SENT, its cost goes back')
    .option('--resend', 'send it again; whoever had received it receives it twice')
    .option('--ask', 'ask the broker, where it can tell (TWILIO): what it has is sent, the rest stays in doubt')
    .option('--lead <lead...>', 'only these: phones, or ids of leads')
    .option('--closing', "the broker's last step (an automation's run), not the leads")
    .action(action(later(async () => (await import('./campaign/resolve.ts')).resolve)))
}

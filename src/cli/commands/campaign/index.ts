import { CAMPAIGN_STATUSES } from '../../../lifecycle/campaign-status.ts'
import { LEAD_STATUSES } from '../../../lifecycle/lead-status.ts'
import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { collect, nameArgument, oneOf, wholeNumber } from '../../options.ts'
import { register as registerRepeat } from './repeat/index.ts'

export const register: Register = (program, action) => {
  const campaign = program.command('campaign').description('import, approve, run and follow campaigns')
  campaign.addHelpText(
    'after',
    '\nID is an id, an agendamento_id, or the unique beginning of one.\n\n' +
      'A campaign: import -> approve -> run -> FINISHED; pause, resume and cancel in between.',
  )
  importFile(campaign).action(action(lazy(() => import('./import/import.ts').then(module => module.importFile))))
  registerRepeat(campaign, action)
  list(campaign).action(action(lazy(() => import('./show.ts').then(module => module.list))))
  show(campaign).action(action(lazy(() => import('./show.ts').then(module => module.show))))
  report(campaign).action(action(lazy(() => import('./show.ts').then(module => module.report))))
  leads(campaign).action(action(lazy(() => import('./leads.ts').then(module => module.leads))))
  explain(campaign).action(action(lazy(() => import('./explain.ts').then(module => module.explain))))
  approve(campaign).action(action(lazy(() => import('./actions.ts').then(module => module.approve))))
  reject(campaign).action(action(lazy(() => import('./actions.ts').then(module => module.reject))))
  run(campaign).action(action(lazy(() => import('./run.ts').then(module => module.runCampaigns))))
  watch(campaign).action(action(lazy(() => import('./watch.ts').then(module => module.watch))))
  pause(campaign).action(action(lazy(() => import('./actions.ts').then(module => module.pause))))
  resume(campaign).action(action(lazy(() => import('./actions.ts').then(module => module.resume))))
  cancel(campaign).action(action(lazy(() => import('./actions.ts').then(module => module.cancel))))
  retry(campaign).action(action(lazy(() => import('./resolve.ts').then(module => module.retry))))
  resolve(campaign).action(action(lazy(() => import('./resolve.ts').then(module => module.resolve))))
}

export const importFile = (parent: Parent) =>
  addCommand(parent, 'import <file>', 'import a contact file (CSV, .csv.gz, .xlsx; - is stdin) for approval')
    .requiredOption('--wallet <wallet>', 'who pays')
    .requiredOption('--broker <broker>', 'who sends')
    .option('--name <name>', "the campaign's name; without it, the file's", nameArgument)
    .option('--message <text>', 'the text; {{nome}} and every other column of the file can stand in it')
    .option('--template <code>', 'an approved template instead of a text')
    .option('--var <n=column>', "which column fills a template's variable: 1=nome,2=contrato", collect)
    .option(
      '--map <field=column>',
      'which column is what: phone=TELEFONE,nome=CLIENTE; several phones: phone=TEL1,phone=TEL2; ddd=-: no area codes',
      collect,
    )
    .option('--all-phones', 'a lead for each phone of a row; without it, for the first good one')
    .option('--repair-ninth-digit', 'add the ninth digit to mobiles that lack it')
    .option('--schedule <time>', 'when to start: ISO 8601, or "2026-11-30 09:00" in CAMP_TIMEZONE')
    .option(
      '--start-before <minutes>',
      'a start missed by more than this does not happen by itself',
      wholeNumber(1, 43_200),
      60,
    )
    .option(
      '--throttle <pace>',
      'none, fixed:30s, random:20s-90s, linear:100/60m, or a warm-up: ramp:50/day,x2',
      'none',
    )
    .option('--hours <from-to>', "contact hours in the recipient's time", '08:00-20:00')
    .option('--days <days>', 'contact days: mon-sat, mon,wed,fri', 'mon-sat')
    .option('--batch-size <n>', 'at most this many messages in a batch', wholeNumber(1, 100_000))
    .option('--stale-days <n>', 'refuse rows whose data_cadastro is older; 0: however old', wholeNumber(0, 36_500), 7)
    .option(
      '--encoding <name>',
      'utf-8, utf-16le, utf-16be, windows-1252, cp850, cp860 or macintosh; without it, detected',
    )
    .option('--delimiter <sign>', '; , tab or |; without it, detected')
    .option('--sheet <name>', 'which sheet of a workbook; without it, the one on which Excel opens')
    .option('--no-fish', 'without our own control phones')
    .option('--no-cap', 'also who was written to within 24 hours (ADMIN)')
    .option('--purpose <word>', 'what it is for: entries of the blocklist for another purpose do not bind it')
    .option('--allow-holidays', 'on holidays too, the country’s and those of camp calendar (ADMIN)')
    .option('--state-laws <states>', 'keep these states’ laws on contact hours, too: AL,RJ, auto or none', 'none')
    .option('--again', 'also a file that was imported before')
    .option('--rejects <file>', 'write the refused rows there, to be corrected and imported again')
    .option('--overwrite', 'replace a file that stands where --rejects writes')
    .option('--repeat <cron>', "open a campaign from the newest new file at each of its times; FILE is 'inbox/*.csv'")
    .option('--dry-run', 'say what would come of it, and write nothing')

export const list = (parent: Parent) =>
  addCommand(parent, 'list', 'campaigns, newest first')
    .option('--status <status>', 'only those in this state', oneOf(CAMPAIGN_STATUSES))
    .option('--wallet <wallet>', "only this wallet's")
    .option('--limit <n>', 'at most this many', wholeNumber(1, 100_000), 50)

const show = (parent: Parent) => addCommand(parent, 'show <id>', 'a campaign: state, counts, cost, reasons')

const report = (parent: Parent) => addCommand(parent, 'report <id>', 'what became of it, by outcome and reason')

export const leads = (parent: Parent) =>
  addCommand(parent, 'leads <id>', 'its leads, row by row of the file')
    .option('--status <status>', 'only those in this state', oneOf(LEAD_STATUSES))
    .option('--code <code>', 'only those with this error code (INVALID_PHONE, DUPLICATE, …)')
    .option('--limit <n>', 'at most this many', wholeNumber(1, 100_000_000))

const explain = (parent: Parent) =>
  addCommand(
    parent,
    'explain <value>',
    'the history of a phone, a document or a contract: each row, each attempt, each reason',
  )

const approve = (parent: Parent) =>
  addCommand(
    parent,
    'approve [id]',
    'approve it against the budget (ADMIN, not the importer); without ID: choose on the terminal',
  ).addHelpText('after', '\nOn a terminal it shows the campaign and asks; elsewhere, or with --yes, its ID is enough.')

export const reject = (parent: Parent) =>
  asks(addCommand(parent, 'reject <id>', 'refuse approval: the campaign is cancelled (ADMIN)')).option(
    '--reason <text>',
    'why, for the record',
  )

export const run = (parent: Parent) =>
  addCommand(parent, 'run [ids...]', 'start approved campaigns')
    .option('--due', 'all approved ones whose time has come, recurring ones too (for cron)')
    .option('--now', 'also one whose schedule is still to come (its importer, or an ADMIN)')
    .option('--wait', 'follow them to their end')
    .addHelpText('after', `\n${EARLY}\n\n${ENDS}`)

const watch = (parent: Parent) =>
  addCommand(parent, 'watch <id>', 'follow a running campaign to its end').addHelpText('after', `\n${ENDS}`)

export const pause = (parent: Parent) =>
  addCommand(
    parent,
    'pause <id>',
    'stop sending: no new request starts (any user: it is urgent, and loses nothing)',
  ).option('--reason <text>', 'why, for the record')

export const resume = (parent: Parent) =>
  addCommand(
    parent,
    'resume <id>',
    'go on after a pause, or after a failure that was mended (its importer, or an ADMIN)',
  )
    .option('--now', 'also one whose schedule is still to come')
    .addHelpText('after', `\n${EARLY}`)

export const cancel = (parent: Parent) =>
  asks(
    addCommand(parent, 'cancel <id>', 'end it: what was not sent is not sent any more (its importer, or an ADMIN)'),
  ).option('--reason <text>', 'why, for the record')

export const retry = (parent: Parent) =>
  addCommand(
    parent,
    'retry <id>',
    'make what failed ready to be sent again, under a new approval; never what the broker had accepted (its importer, or an ADMIN)',
  ).option('--only <code...>', 'only leads with these error codes')

export const resolve = (parent: Parent) =>
  asks(addCommand(parent, 'resolve <id>', 'decide about what is in doubt, after a look at the broker (ADMIN)'))
    .option('--sent', 'the broker had taken it: its cost stays')
    .option('--not-sent', 'it had not: ERROR NOT_SENT, its cost goes back')
    .option('--resend', 'send it again; a person who had received it receives it twice')
    .option(
      '--ask',
      'ask the broker, where it can tell (TWILIO): what it has is sent, the rest stays; asks no question',
    )
    .option('--lead <lead...>', 'only these: phones, or ids of leads')
    .option('--closing', "the broker's last step (an automation's run), not the leads")

const EARLY =
  'One whose schedule is still to come is not sent early without a word: a terminal asks, elsewhere it ends with 4, and --now\n' +
  'says it. --yes is not enough: it answers whether to do what was asked for, and this is at another time than was approved.'

const ENDS =
  'Followed to its end, it ends with 0 where the campaign is FINISHED (with doubts, too); where it FAILED, 6 for the budget and\n' +
  '8 for its broker, credential or key; with 4 where it was paused or cancelled.'

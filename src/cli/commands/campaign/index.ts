import { t } from '../../../language/text.ts'
import { CAMPAIGN_STATUSES } from '../../../lifecycle/campaign-status.ts'
import { LEAD_STATUSES } from '../../../lifecycle/lead-status.ts'
import { addCommand, asks, asksNote, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { collect, nameArgument, oneOf, wholeNumber } from '../../options.ts'
import { fileNotes, plainHelp } from '../../table-options.ts'
import { register as registerRepeat } from './repeat/index.ts'

export const register: Register = (program, action) => {
  const campaign = program.command('campaign').description(t`import, approve, run and follow campaigns`)
  campaign.addHelpText(
    'after',
    `\n${t`ID is an id, an agendamento_id, or the unique beginning of one.`}\n\n${t`A campaign: import -> approve ->
      run -> FINISHED; pause, resume and cancel in between.`}`,
  )
  importFile(campaign).action(action(lazy(() => import('./import/import.ts').then(module => module.importFile))))
  registerRepeat(campaign, action)
  list(campaign).action(action(lazy(() => import('./list.ts').then(module => module.list))))
  show(campaign).action(action(lazy(() => import('./show.ts').then(module => module.show))))
  report(campaign).action(action(lazy(() => import('./report.ts').then(module => module.report))))
  leads(campaign).action(action(lazy(() => import('./leads.ts').then(module => module.leads))))
  rejects(campaign).action(action(lazy(() => import('./rejects.ts').then(module => module.rejects))))
  explain(campaign).action(action(lazy(() => import('./explain.ts').then(module => module.explain))))
  approve(campaign).action(action(lazy(() => import('./approve/handlers.ts').then(module => module.approve))))
  reject(campaign).action(action(lazy(() => import('./actions.ts').then(module => module.reject))))
  run(campaign).action(action(lazy(() => import('./run.ts').then(module => module.runCampaigns))))
  watch(campaign).action(action(lazy(() => import('./watch.ts').then(module => module.watch))))
  pause(campaign).action(action(lazy(() => import('./many.ts').then(module => module.pause))))
  resume(campaign).action(action(lazy(() => import('./many.ts').then(module => module.resume))))
  cancel(campaign).action(action(lazy(() => import('./actions.ts').then(module => module.cancel))))
  retry(campaign).action(action(lazy(() => import('./resolve.ts').then(module => module.retry))))
  resolve(campaign).action(action(lazy(() => import('./resolve.ts').then(module => module.resolve))))
}

export const importFile = (parent: Parent) =>
  addCommand(parent, 'import <file>', t`import a contact file (CSV, .csv.gz, .xlsx or - for stdin)`, [
    'camp campaign import leads.csv --wallet Sul',
    'camp campaign import leads.xlsx --wallet Sul --broker CDA --template lembrete',
    "camp campaign import 'x*.csv' --repeat '0 9 * * 1-5' --wallet Sul --broker B",
  ])
    .option('--wallet <wallet>', t`the wallet that pays`)
    .option('--broker <broker>', t`the broker that sends (default: the wallet's)`)
    .optionsGroup(t`What it sends:`)
    .option('--name <name>', t`the campaign's name (default: the file's)`, nameArgument)
    .option('--message <text>', t`the text, with columns of the file as variables: {{nome}}`)
    .option('--message-file <file>', t`the text from a file`)
    .option('--template <code>', t`an approved template instead of a text`)
    .option('--var <n=column>', t`column of each template variable: 1=nome,2=contrato`, collect)
    .optionsGroup(t`The file:`)
    .option('--map <field=column>', t`column of each field: phone=TELEFONE,nome=CLIENTE`, collect)
    .option('--all-phones', t`a lead for each phone of a row, not only the first valid one`)
    .option('--repair-ninth-digit', t`add the missing ninth digit to mobile numbers`)
    .option('--stale-days <n>', t`refuse rows with an older data_cadastro (0: no age check)`, wholeNumber(0, 36_500), 7)
    .option('--encoding <name>', t`encoding of the file (default: detect)`)
    .option('--delimiter <sign>', t`one of ; , tab | (default: detect)`)
    .option('--sheet <name>', t`sheet of a workbook (default: the one Excel opens on)`)
    .option('--header-row <n>', t`line with the names of the columns (default: detect)`, wholeNumber(1, 1_048_576))
    .option('--again', t`allow a file that was already imported`)
    .option('--rejects <file>', t`write the refused rows to this file, to correct them`)
    .option('--overwrite', t`replace an existing --rejects file`)
    .option('--dry-run', t`show the result and write nothing`)
    .optionsGroup(t`When and how fast:`)
    .option('--schedule <time>', t`start time: ISO 8601 or "2026-11-30 09:00" (CAMP_TIMEZONE)`)
    .option(
      '--start-before <minutes>',
      t`a start missed by more than this needs a manual start`,
      wholeNumber(1, 43_200),
      60,
    )
    .option('--repeat <cron>', t`import the newest new file on this schedule ('inbox/*.csv')`)
    .option('--throttle <pace>', t`none, fixed:30s, random:20s-90s, linear:100/60m, ramp:50/day`, 'none')
    .option('--batch-size <n>', t`at most this many messages in a batch`, wholeNumber(1, 100_000))
    .option('--hours <from-to>', t`contact hours in the recipient's time`, '08:00-20:00')
    .option('--days <days>', t`contact days: mon-sat, mon,wed,fri`, 'mon-sat')
    .option('--allow-holidays', t`send on national and added holidays, too (ADMIN)`)
    .option('--state-laws <states>', t`also apply state contact-hour laws: AL,RJ, auto or none`, 'none')
    .optionsGroup(t`Who receives it:`)
    .option('--no-fish', t`without our own control phones`)
    .option('--no-cap', t`ignore the 24-hour frequency cap (ADMIN)`)
    .option('--purpose <word>', t`ignore blocklist entries that are limited to another purpose`)
    .addHelpText('after', `\n${importNotes()}`)

export const list = (parent: Parent) =>
  addCommand(parent, 'list', t`campaigns, newest first`, [
    'camp campaign list --status FAILED',
    'camp campaign list --wallet Sul --limit 10 --json',
  ])
    .option('--status <status>', t`only those in this state`, oneOf(CAMPAIGN_STATUSES))
    .option('--wallet <wallet>', t`only this wallet's`)
    .option('--limit <n>', t`at most this many`, wholeNumber(1, 100_000), 50)

const show = (parent: Parent) =>
  addCommand(parent, 'show <id>', t`a campaign: state, counts, cost, reasons`, [
    'camp campaign show C261128-2GJZ4',
    'camp campaign show C261128-2GJZ4 --json',
  ])

export const report = (parent: Parent) =>
  addCommand(parent, 'report <id>', t`the rows of its file by outcome and reason, and its cost`, [
    'camp campaign report C261128-2GJZ4',
    'camp campaign report C261128-2GJZ4 --batches',
  ]).option('--batches', t`a line for each batch instead`)

export const leads = (parent: Parent) =>
  addCommand(parent, 'leads <id>', t`its leads, row by row of the file`, [
    'camp campaign leads C261128-2GJZ4 --status ERROR',
    'camp campaign leads C261128-2GJZ4 --code INVALID_PHONE --json',
  ])
    .option('--status <status>', t`only those in this state`, oneOf(LEAD_STATUSES))
    .option('--code <code>', t`only those with this error code (INVALID_PHONE, …)`)
    .option('--limit <n>', t`at most this many`, wholeNumber(1, 100_000_000))
    .option('--csv <file>', t`write them to a CSV file (-: stdout)`)
    .option('--xlsx <file>', t`write them to a workbook`)
    .option('--plain', plainHelp())
    .option('--overwrite', t`replace an existing file`)
    .addHelpText('after', `\n${fileNotes()}`)

export const rejects = (parent: Parent) =>
  addCommand(parent, 'rejects <id>', t`write the rows that its import refused to a file again`, [
    'camp campaign rejects C261128-2GJZ4 --rejects refused.csv',
    'camp campaign rejects @last --file old/leads.csv --rejects refused.csv',
  ])
    .requiredOption('--rejects <file>', t`the file to write, as by an import with --rejects`)
    .option('--file <file>', t`the imported file (default: its name, in this folder)`)
    .option('--overwrite', t`replace an existing --rejects file`)

const explain = (parent: Parent) =>
  addCommand(parent, 'explain <value>', t`the history of a phone, a document or a contract`, [
    'camp campaign explain 11987654321',
    'camp campaign explain 529.982.247-25 --json',
  ])

const approve = (parent: Parent) =>
  addCommand(parent, 'approve [ids...]', t`approve within the budget (ADMIN, not the importer)`, [
    'camp campaign approve',
    'camp campaign approve C261128-2GJZ4 C261128-7F3KQ --yes',
  ]).addHelpText('after', `\n${approvalNotes()}\n\n${asksNote()}`)

export const reject = (parent: Parent) =>
  asks(
    addCommand(parent, 'reject <id>', t`refuse approval and cancel the campaign (ADMIN)`, [
      "camp campaign reject C261128-2GJZ4 --reason 'wrong text'",
      'camp campaign reject C261128-2GJZ4 --yes',
    ]),
  ).option('--reason <text>', t`why, for the record`)

export const run = (parent: Parent) =>
  addCommand(parent, 'run [ids...]', t`start approved campaigns`, [
    'camp campaign run C261128-2GJZ4 --wait',
    'camp campaign run --due --quiet',
  ])
    .option('--due', t`all that are due, recurring ones too (for cron)`)
    .option('--now', t`start before the schedule (importer or ADMIN)`)
    .option('--wait', t`follow them to their end`)
    .addHelpText('after', `\n${earlyNotes()}\n\n${endNotes()}`)

const watch = (parent: Parent) =>
  addCommand(parent, 'watch [ids...]', t`follow running campaigns to their end`, [
    'camp campaign watch',
    'camp campaign watch C261128-2GJZ4 --quiet',
  ]).addHelpText('after', `\n${watchNotes()}\n\n${endNotes()}`)

export const pause = (parent: Parent) =>
  addCommand(parent, 'pause [id]', t`stop sending: no new request starts (any user)`, [
    "camp campaign pause C261128-2GJZ4 --reason 'wrong text'",
    'camp campaign pause --wallet Norte',
  ])
    .option('--all', t`every running campaign, instead of an ID`)
    .option('--wallet <wallet>', t`a wallet's running campaigns`)
    .option('--broker <broker>', t`a broker's running campaigns`)
    .option('--reason <text>', t`why, for the record`)
    .addHelpText('after', `\n${t`A campaign that starts later is not paused; camp db hold (ADMIN) stops all.`}`)

export const resume = (parent: Parent) =>
  addCommand(parent, 'resume [id]', t`continue after a pause or failure (importer or ADMIN)`, [
    'camp campaign resume C261128-2GJZ4',
    'camp campaign resume --wallet Norte --now',
  ])
    .option('--all', t`every campaign that a pause with --all or a filter paused`)
    .option('--wallet <wallet>', t`of these, a wallet's`)
    .option('--broker <broker>', t`of these, a broker's`)
    .option('--now', t`start before the schedule`)
    .addHelpText('after', `\n${earlyNotes()}`)

export const cancel = (parent: Parent) =>
  asks(
    addCommand(parent, 'cancel <id>', t`end it and send no further message (importer or ADMIN)`, [
      "camp campaign cancel C261128-2GJZ4 --reason 'list withdrawn'",
      'camp campaign cancel C261128-2GJZ4 --yes',
    ]),
  ).option('--reason <text>', t`why, for the record`)

export const retry = (parent: Parent) =>
  addCommand(parent, 'retry <id>', t`queue failed leads for a new approval (importer or ADMIN)`, [
    'camp campaign retry C261128-2GJZ4',
    'camp campaign retry C261128-2GJZ4 --only TIMEOUT BROKER_UNAVAILABLE',
  ])
    .option('--only <code...>', t`only leads with these error codes`)
    .addHelpText('after', `\n${t`Messages that the broker accepted are never sent again.`}`)

export const resolve = (parent: Parent) =>
  asks(
    addCommand(parent, 'resolve <id>', t`decide on leads in doubt, after checking the broker (ADMIN)`, [
      'camp campaign resolve C261128-2GJZ4 --ask',
      'camp campaign resolve C261128-2GJZ4 --not-sent --lead 11987654321',
    ]),
  )
    .option('--sent', t`the broker accepted it: its cost stays`)
    .option('--not-sent', t`it did not: ERROR NOT_SENT, its cost is released`)
    .option('--resend', t`send it again, even if a recipient may receive it twice`)
    .option('--ask', t`query the broker if it can tell (TWILIO), without a prompt`)
    .option('--lead <lead...>', t`only these: phones, or ids of leads`)
    .option('--closing', t`the broker's closing (an automation's run), not the leads`)
    .addHelpText('after', `\n${t`--ask: messages that the broker has become sent, the rest stays in doubt.`}`)

function importNotes(): string {
  return [
    t`--map: several phones are phone=TEL1,phone=TEL2; ddd=- if the file has no area codes.`,
    t`--throttle: ramp:50/day,x2 is a warm-up.`,
    t`--encoding: utf-8, utf-16le, utf-16be, windows-1252, cp850, cp860 or macintosh.`,
    t`--purpose: entries of the blocklist without a purpose apply to every campaign.`,
    t`--repeat: FILE is a pattern such as inbox/*.csv.`,
  ].join('\n')
}

function approvalNotes(): string {
  return t`Without ID a terminal lists the campaigns that wait: space marks, enter looks
    closer, a approves, r rejects. With IDs it shows their figures, and asks once.`
}

function earlyNotes(): string {
  return t`A campaign is not started before its schedule without confirmation: a terminal asks, elsewhere it ends with 4,
    and --now confirms. --yes is not enough, because the time is not the one that was approved.`
}

function watchNotes(): string {
  return [
    t`Without ID, all that run. With --json it prints a document a line:`,
    t`{"event":"progress",…} at a change, {"event":"end",…} for each at its end.`,
  ].join('\n')
}

function endNotes(): string {
  return t`Exit code: 0 if the campaign is FINISHED, also with leads in doubt; if it FAILED, 6 for the budget and
    8 for its broker, credential or key; 4 if it was paused or cancelled.`
}

import { CAMPAIGN_STATUSES } from '../../../lifecycle/campaign-status.ts'
import { LEAD_STATUSES } from '../../../lifecycle/lead-status.ts'
import { addCommand, asks, asksNote, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { collect, nameArgument, oneOf, wholeNumber } from '../../options.ts'
import { fileNotes, plainHelp } from '../../table-options.ts'
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
  report(campaign).action(action(lazy(() => import('./report.ts').then(module => module.report))))
  leads(campaign).action(action(lazy(() => import('./leads.ts').then(module => module.leads))))
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
  addCommand(parent, 'import <file>', 'import a contact file (CSV, .csv.gz, .xlsx or - for stdin)', [
    'camp campaign import leads.csv --wallet Sul',
    'camp campaign import leads.xlsx --wallet Sul --broker CDA --template lembrete',
    "camp campaign import 'x*.csv' --repeat '0 9 * * 1-5' --wallet Sul --broker B",
  ])
    .option('--wallet <wallet>', 'the wallet that pays')
    .option('--broker <broker>', "the broker that sends (default: the wallet's)")
    .optionsGroup('What it sends:')
    .option('--name <name>', "the campaign's name (default: the file's)", nameArgument)
    .option('--message <text>', 'the text, with columns of the file as variables: {{nome}}')
    .option('--message-file <file>', 'the text from a file')
    .option('--template <code>', 'an approved template instead of a text')
    .option('--var <n=column>', 'column of each template variable: 1=nome,2=contrato', collect)
    .optionsGroup('The file:')
    .option('--map <field=column>', 'column of each field: phone=TELEFONE,nome=CLIENTE', collect)
    .option('--all-phones', 'a lead for each phone of a row, not only the first valid one')
    .option('--repair-ninth-digit', 'add the missing ninth digit to mobile numbers')
    .option('--stale-days <n>', 'refuse rows with an older data_cadastro (0: no age check)', wholeNumber(0, 36_500), 7)
    .option('--encoding <name>', 'encoding of the file (default: detect)')
    .option('--delimiter <sign>', 'one of ; , tab | (default: detect)')
    .option('--sheet <name>', 'sheet of a workbook (default: the one Excel opens on)')
    .option('--header-row <n>', 'line with the names of the columns (default: detect)', wholeNumber(1, 1_048_576))
    .option('--again', 'allow a file that was already imported')
    .option('--rejects <file>', 'write the refused rows to this file, to correct them')
    .option('--overwrite', 'replace an existing --rejects file')
    .option('--dry-run', 'show the result and write nothing')
    .optionsGroup('When and how fast:')
    .option('--schedule <time>', 'start time: ISO 8601 or "2026-11-30 09:00" (CAMP_TIMEZONE)')
    .option(
      '--start-before <minutes>',
      'a start missed by more than this needs a manual start',
      wholeNumber(1, 43_200),
      60,
    )
    .option('--repeat <cron>', "import the newest new file on this schedule ('inbox/*.csv')")
    .option('--throttle <pace>', 'none, fixed:30s, random:20s-90s, linear:100/60m, ramp:50/day', 'none')
    .option('--batch-size <n>', 'at most this many messages in a batch', wholeNumber(1, 100_000))
    .option('--hours <from-to>', "contact hours in the recipient's time", '08:00-20:00')
    .option('--days <days>', 'contact days: mon-sat, mon,wed,fri', 'mon-sat')
    .option('--allow-holidays', 'send on national and added holidays, too (ADMIN)')
    .option('--state-laws <states>', 'also apply state contact-hour laws: AL,RJ, auto or none', 'none')
    .optionsGroup('Who receives it:')
    .option('--no-fish', 'without our own control phones')
    .option('--no-cap', 'ignore the 24-hour frequency cap (ADMIN)')
    .option('--purpose <word>', 'ignore blocklist entries that are limited to another purpose')
    .addHelpText('after', `\n${IMPORT_NOTES}`)

export const list = (parent: Parent) =>
  addCommand(parent, 'list', 'campaigns, newest first', [
    'camp campaign list --status FAILED',
    'camp campaign list --wallet Sul --limit 10 --json',
  ])
    .option('--status <status>', 'only those in this state', oneOf(CAMPAIGN_STATUSES))
    .option('--wallet <wallet>', "only this wallet's")
    .option('--limit <n>', 'at most this many', wholeNumber(1, 100_000), 50)

const show = (parent: Parent) =>
  addCommand(parent, 'show <id>', 'a campaign: state, counts, cost, reasons', [
    'camp campaign show C261128-2GJZ4',
    'camp campaign show C261128-2GJZ4 --json',
  ])

export const report = (parent: Parent) =>
  addCommand(parent, 'report <id>', 'the rows of its file by outcome and reason, and its cost', [
    'camp campaign report C261128-2GJZ4',
    'camp campaign report C261128-2GJZ4 --batches',
  ]).option('--batches', 'a line for each batch instead')

export const leads = (parent: Parent) =>
  addCommand(parent, 'leads <id>', 'its leads, row by row of the file', [
    'camp campaign leads C261128-2GJZ4 --status ERROR',
    'camp campaign leads C261128-2GJZ4 --code INVALID_PHONE --json',
  ])
    .option('--status <status>', 'only those in this state', oneOf(LEAD_STATUSES))
    .option('--code <code>', 'only those with this error code (INVALID_PHONE, …)')
    .option('--limit <n>', 'at most this many', wholeNumber(1, 100_000_000))
    .option('--csv <file>', 'write them to a CSV file (-: stdout)')
    .option('--xlsx <file>', 'write them to a workbook')
    .option('--plain', plainHelp())
    .option('--overwrite', 'replace an existing file')
    .addHelpText('after', `\n${fileNotes()}`)

const explain = (parent: Parent) =>
  addCommand(parent, 'explain <value>', 'the history of a phone, a document or a contract', [
    'camp campaign explain 11987654321',
    'camp campaign explain 529.982.247-25 --json',
  ])

const approve = (parent: Parent) =>
  addCommand(parent, 'approve [ids...]', 'approve within the budget (ADMIN, not the importer)', [
    'camp campaign approve',
    'camp campaign approve C261128-2GJZ4 C261128-7F3KQ --yes',
  ]).addHelpText('after', `\n${APPROVAL}\n\n${asksNote()}`)

export const reject = (parent: Parent) =>
  asks(
    addCommand(parent, 'reject <id>', 'refuse approval and cancel the campaign (ADMIN)', [
      "camp campaign reject C261128-2GJZ4 --reason 'wrong text'",
      'camp campaign reject C261128-2GJZ4 --yes',
    ]),
  ).option('--reason <text>', 'why, for the record')

export const run = (parent: Parent) =>
  addCommand(parent, 'run [ids...]', 'start approved campaigns', [
    'camp campaign run C261128-2GJZ4 --wait',
    'camp campaign run --due --quiet',
  ])
    .option('--due', 'all that are due, recurring ones too (for cron)')
    .option('--now', 'start before the schedule (importer or ADMIN)')
    .option('--wait', 'follow them to their end')
    .addHelpText('after', `\n${EARLY}\n\n${ENDS}`)

const watch = (parent: Parent) =>
  addCommand(parent, 'watch [ids...]', 'follow running campaigns to their end', [
    'camp campaign watch',
    'camp campaign watch C261128-2GJZ4 --quiet',
  ]).addHelpText('after', `\n${WATCHES}\n\n${ENDS}`)

export const pause = (parent: Parent) =>
  addCommand(parent, 'pause [id]', 'stop sending: no new request starts (any user)', [
    "camp campaign pause C261128-2GJZ4 --reason 'wrong text'",
    'camp campaign pause --wallet Norte',
  ])
    .option('--all', 'every running campaign, instead of an ID')
    .option('--wallet <wallet>', "a wallet's running campaigns")
    .option('--broker <broker>', "a broker's running campaigns")
    .option('--reason <text>', 'why, for the record')
    .addHelpText('after', '\nA campaign that starts later is not paused; camp db hold (ADMIN) stops all.')

export const resume = (parent: Parent) =>
  addCommand(parent, 'resume [id]', 'continue after a pause or failure (importer or ADMIN)', [
    'camp campaign resume C261128-2GJZ4',
    'camp campaign resume --wallet Norte --now',
  ])
    .option('--all', 'every campaign that a pause with --all or a filter paused')
    .option('--wallet <wallet>', "of these, a wallet's")
    .option('--broker <broker>', "of these, a broker's")
    .option('--now', 'start before the schedule')
    .addHelpText('after', `\n${EARLY}`)

export const cancel = (parent: Parent) =>
  asks(
    addCommand(parent, 'cancel <id>', 'end it and send no further message (importer or ADMIN)', [
      "camp campaign cancel C261128-2GJZ4 --reason 'list withdrawn'",
      'camp campaign cancel C261128-2GJZ4 --yes',
    ]),
  ).option('--reason <text>', 'why, for the record')

export const retry = (parent: Parent) =>
  addCommand(parent, 'retry <id>', 'queue failed leads for a new approval (importer or ADMIN)', [
    'camp campaign retry C261128-2GJZ4',
    'camp campaign retry C261128-2GJZ4 --only TIMEOUT BROKER_UNAVAILABLE',
  ])
    .option('--only <code...>', 'only leads with these error codes')
    .addHelpText('after', '\nMessages that the broker accepted are never sent again.')

export const resolve = (parent: Parent) =>
  asks(
    addCommand(parent, 'resolve <id>', 'decide on leads in doubt, after checking the broker (ADMIN)', [
      'camp campaign resolve C261128-2GJZ4 --ask',
      'camp campaign resolve C261128-2GJZ4 --not-sent --lead 11987654321',
    ]),
  )
    .option('--sent', 'the broker accepted it: its cost stays')
    .option('--not-sent', 'it did not: ERROR NOT_SENT, its cost is released')
    .option('--resend', 'send it again, even if a recipient may receive it twice')
    .option('--ask', 'query the broker if it can tell (TWILIO), without a prompt')
    .option('--lead <lead...>', 'only these: phones, or ids of leads')
    .option('--closing', "the broker's closing (an automation's run), not the leads")
    .addHelpText('after', '\n--ask: messages that the broker has become sent, the rest stays in doubt.')

const IMPORT_NOTES =
  '--map: several phones are phone=TEL1,phone=TEL2; ddd=- if the file has no area codes.\n' +
  '--throttle: ramp:50/day,x2 is a warm-up.\n' +
  '--encoding: utf-8, utf-16le, utf-16be, windows-1252, cp850, cp860 or macintosh.\n' +
  '--purpose: entries of the blocklist without a purpose apply to every campaign.\n' +
  '--repeat: FILE is a pattern such as inbox/*.csv.'

const APPROVAL =
  'Without ID a terminal lists the campaigns that wait: space marks, enter looks\n' +
  'closer, a approves, r rejects. With IDs it shows their figures, and asks once.'

const EARLY =
  'A campaign is not started before its schedule without confirmation: a terminal asks, elsewhere it ends with 4, and --now ' +
  'confirms. --yes is not enough, because the time is not the one that was approved.'

const WATCHES =
  'Without ID, all that run. With --json it prints a document a line:\n' +
  '{"event":"progress",…} at a change, {"event":"end",…} for each at its end.'

const ENDS =
  'Exit code: 0 if the campaign is FINISHED, also with leads in doubt; if it FAILED, 6 for the budget and ' +
  '8 for its broker, credential or key; 4 if it was paused or cancelled.'

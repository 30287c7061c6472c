import type { Adapter } from '../../../broker/port.ts'
import type { Outlook, Present } from '../../../campaign/outlook.ts'
import { CampError } from '../../../errors.ts'
import type { ImportRequest, ImportResult } from '../../../intake/request.ts'
import { leaf, type Register } from '../../command.ts'
import type { Context } from '../../context.ts'
import { collect, nameArgument, wholeNumber } from '../../options.ts'
import { hasTerminal } from '../../prompt.ts'
import { assertRepeatable } from './repeat.ts'

export const register: Register = (campaign, action) => {
  leaf(campaign, 'import <file>', 'import a contact file (CSV, .csv.gz, .xlsx; - is stdin) for approval')
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
    .action(action(importFile))
}

interface Options {
  wallet: string
  broker: string
  name?: string
  message?: string
  template?: string
  var?: string[]
  map?: string[]
  allPhones?: boolean
  repairNinthDigit?: boolean
  schedule?: string
  startBefore: number
  throttle: string
  hours: string
  days: string
  batchSize?: number
  staleDays: number
  encoding?: string
  delimiter?: string
  sheet?: string
  fish: boolean
  cap: boolean
  purpose?: string
  allowHolidays?: boolean
  stateLaws: string
  again?: boolean
  rejects?: string
  overwrite?: boolean
  repeat?: string
  dryRun?: boolean
}

async function importFile(context: Context, file: string, options: Options): Promise<void> {
  const actor = options.cap && !options.allowHolidays ? await context.actor() : await context.admin()
  if (options.repeat !== undefined) assertRepeatable({ ...options })
  else if (file === STDIN) assertPipe(context)
  const { request, wallet, broker } = await readRequest(context, actor.id, file, options)
  if (options.repeat !== undefined) {
    const missing = await isCredentialMissing(context, request)
    if (missing)
      context.out.talk(`Credential: ${(await import('./import-text.ts')).noCredentialText({ wallet, broker })}`)
    return (await import('./repeat-add.ts')).repeatImport(context, request, options.repeat, missing)
  }
  if (file !== STDIN) request.file = await context.inputFile(file)
  if (request.rejects !== null && !request.dryRun) request.rejects = await context.outputFile(request.rejects)
  const result = await importInput(context, request)
  const pool = await context.pool()
  const { campaignView } = await import('../../../campaign/view.ts')
  const { factsOf, plannedView } = await import('./import-view.ts')
  const { importText, warningsOf } = await import('./import-text.ts')
  const view =
    result.id === null
      ? plannedView(request, result, { wallet, broker, createdBy: actor.email })
      : await campaignView(pool, result.id)
  const facts = factsOf(request, result, await isCredentialMissing(context, request))
  const { plannedOutlook } = await import('../../../campaign/outlook.ts')
  const present = { now: context.clock.now(), timezone: context.config.timezone }
  const { ownHolidayKeys } = await import('../../../calendar/own.ts')
  const { contactHoursOf } = await import('../../../intake/request.ts')
  const ownHolidays = await ownHolidayKeys(pool)
  const planned = {
    ...request,
    hours: contactHoursOf(request),
    ownHolidays,
    loads: result.loads,
    rateLimit: request.broker.rateLimit,
    broker,
  }
  const { forecast, forecastOf } = await import('../../../campaign/forecast.ts')
  const expected =
    result.id === null
      ? forecast(result.refusals!, { unit: result.cost.unit, used: '0' })
      : await forecastOf(pool, result.id, present)
  const outlook = { ...(await plannedOutlook(pool, planned, present)), ...expected }
  if (result.importedBefore)
    context.out.warn(`this file was imported before, as ${result.importedBefore}: a real import needs --again`)
  if (request.adapter.content === 'NONE' && (request.message !== null || request.template))
    context.out.warn(`${request.adapter.name} says what is set up on its side: the message or template is not used`)
  await sayWhatDoesNotBind(context, request.purpose)
  const shown = { ...outlook, ...present }
  for (const warning of warningsOf(view, facts, shown)) context.out.warn(warning)
  context.out.result({ ...view, ...outlook, ...facts }, () => importText(view, facts, shown))
  for (const line of await linesAfter(context, result, request.scheduledAt, shown)) context.out.talk(line)
  if (result.id === null)
    context.out.talk(`Nothing was written${options.rejects ? ', no rejects file either' : ''}: it was a dry run.`)
}

/** What comes next; of a dry run, when it would start (no worker is needed for that yet). */
async function linesAfter(
  context: Context,
  { id, pending }: ImportResult,
  scheduledAt: Date | null,
  outlook: Outlook & Present,
): Promise<string[]> {
  if (id !== null) return (await (await import('../../next.ts')).whatNext(context, id, outlook)).next
  if (pending === 0) return []
  const { startSteps } = await import('../../../campaign/next-step.ts')
  const { opens_at, closed_because: closedBecause } = outlook
  const opensAt = opens_at === null ? null : new Date(opens_at)
  return startSteps({ ...outlook, scheduledAt, startMissed: false, opensAt, closedBecause, workerRunning: true })
}

/** It may be given until the campaign is approved. */
async function isCredentialMissing(context: Context, { wallet, broker }: ImportRequest): Promise<boolean> {
  const { hasCredential } = await import('../../../security/credentials.ts')
  return !(await hasCredential(await context.pool(), { wallet_id: wallet.id, broker_id: broker.id }))
}

/** A purpose that is misspelt would free a campaign of the list that is meant for it: so that it is seen. */
async function sayWhatDoesNotBind(context: Context, purpose: string | null): Promise<void> {
  if (purpose === null) return
  const { listSyncs } = await import('../../../blocklist/syncs.ts')
  const others = (await listSyncs(await context.pool())).filter(sync => (sync.purpose ?? purpose) !== purpose)
  const names = new Set(others.map(sync => `${sync.source} (${sync.purpose})`))
  if (names.size > 0) context.out.talk(`Lists for another purpose do not bind it: ${[...names].join(', ')}.`)
}

const STDIN = '-'

function assertPipe(context: Context): void {
  if (!hasTerminal(context)) return
  throw new CampError('INPUT_MISSING', '- stands for standard input, and that is a terminal', {
    hint: 'Pipe a file in: zcat list.csv.gz | camp campaign import - …, or give its name.',
  })
}

/** A file as it lies there; standard input as a file that is gone afterwards. */
async function importInput(context: Context, request: ImportRequest): Promise<ImportResult> {
  if (request.file !== STDIN) return importFrom(context, request)
  const { spool } = await import('../../../intake/spool.ts')
  const spooled = await spool(context.host.streams.stdin, {
    home: context.config.home,
    clock: context.clock,
    signal: context.signal,
    what: 'standard input',
    unchanged: 'Nothing was imported.',
  })
  try {
    return await importFrom(context, { ...request, file: spooled.path, fileName: 'stdin' })
  } finally {
    await spooled.remove()
  }
}

async function importFrom(context: Context, request: ImportRequest): Promise<ImportResult> {
  const { importCampaign } = await import('../../../intake/import.ts')
  const [pool, prisma] = [await context.pool(), await context.prisma()]
  const progress = await progressBar(context)
  const deps = { pool, prisma, clock: context.clock, signal: context.signal, onProgress: progress.update }
  return importCampaign(deps, request).finally(progress.end)
}

async function readRequest(context: Context, userId: string, file: string, options: Options) {
  const { findBroker, findTemplate, findWallet } = await import('../../../database/lookup.ts')
  const { adapterOf } = await import('../../../broker/registry.ts')
  const { parseDays, parseHours, parseThrottle } = await import('../../../campaign/settings.ts')
  const { assertLawsOpen, parseStateLaws } = await import('../../../campaign/contact-hours.ts')
  const { contactHoursOf } = await import('../../../intake/request.ts')
  const { parsePurpose } = await import('../../../blocklist/purpose.ts')
  const { parseDelimiter } = await import('../../../intake/delimiter.ts')
  const { parseEncoding } = await import('../../../intake/encoding.ts')
  const { parsePairLists, parsePairs } = await import('../../../intake/pairs.ts')
  const prisma = await context.prisma()
  const wallet = await findWallet(prisma, options.wallet)
  const broker = await findBroker(prisma, options.broker)
  const adapter = await adapterOf(broker.adapter)
  const template = options.template === undefined ? null : await findTemplate(prisma, options.template)
  const laws = parseStateLaws(options.stateLaws)
  const request: ImportRequest = {
    file,
    name: options.name ?? null,
    userId,
    wallet: { id: wallet.id },
    broker: {
      id: broker.id,
      cost: broker.cost_per_message.toFixed(4),
      maxBatch: broker.max_batch,
      rateLimit: broker.rate_limit?.toString() ?? null,
    },
    adapter,
    message: options.message ?? null,
    template: template && { id: template.id, code: template.template_code, content: template.content },
    vars: parsePairs('--var', options.var ?? []),
    map: parsePairLists('--map', options.map ?? []),
    allPhones: options.allPhones ?? false,
    repairNinthDigit: options.repairNinthDigit ?? false,
    billsSegments: await billsSegments(context, adapter, { wallet_id: wallet.id, broker_id: broker.id }),
    throttle: parseThrottle(options.throttle),
    hours: parseHours(options.hours),
    days: parseDays(options.days),
    allowHolidays: options.allowHolidays ?? false,
    stateLaws: laws.states,
    noCap: !options.cap,
    purpose: options.purpose === undefined ? null : parsePurpose('--purpose', options.purpose),
    scheduledAt: options.schedule === undefined ? null : await scheduleOf(context, options.schedule),
    startBefore: options.startBefore,
    batchSize: options.batchSize ?? null,
    staleDays: options.staleDays,
    encoding: options.encoding === undefined ? null : parseEncoding(options.encoding),
    delimiter: options.delimiter === undefined ? null : parseDelimiter(options.delimiter),
    sheet: options.sheet ?? null,
    fish: options.fish,
    again: options.again ?? false,
    dryRun: options.dryRun ?? false,
    rejects: options.rejects ?? null,
    overwrite: options.overwrite ?? false,
    timezone: context.config.timezone,
  }
  if (laws.named) assertLawsOpen(contactHoursOf(request))
  return { request, wallet: wallet.name, broker: broker.name }
}

/** @returns null where it depends on the wallet's credential, and there is none that opens */
async function billsSegments(
  context: Context,
  adapter: Adapter,
  place: { wallet_id: string; broker_id: string },
): Promise<boolean | null> {
  if (!adapter.billsSegments) return false
  const prisma = await context.prisma()
  const row = await prisma.credential.findUnique({ where: { wallet_id_broker_id: place } })
  if (!row) return null
  const { openCredential } = await import('../../../dispatch/credential.ts')
  const key = { id: row.id, sealed: row.config }
  const { config, flaw } = await openCredential(await context.pool(), await context.keys(), adapter, key)
  return flaw === undefined ? adapter.billsSegments(config) : null
}

async function scheduleOf({ clock, config }: Context, text: string): Promise<Date> {
  const { parseMoment } = await import('../../../campaign/moment.ts')
  const at = parseMoment(text, config.timezone)
  if (at > clock.now()) return at
  throw new CampError('SCHEDULE_IN_PAST', `--schedule ${text} is in the past`, {
    hint: 'Without --schedule it starts with camp campaign run.',
  })
}

/** On a terminal only: elsewhere an import is over before a line about it is worth writing. */
async function progressBar({ out, clock }: Context) {
  const bar = await out.bar('{percentage}% | {rows} rows | {rate} rows/s | {left} left', { clearOnComplete: true })
  const startedAt = clock.now().getTime()
  return {
    update: ({ rows, bytes, totalBytes }: { rows: number; bytes: number; totalBytes: number }) => {
      const seconds = Math.max(0.001, (clock.now().getTime() - startedAt) / 1000)
      const shown = {
        rows: rows.toLocaleString('en-US'),
        rate: Math.round(rows / seconds).toLocaleString('en-US'),
        left: timeLeft(seconds, bytes / totalBytes),
      }
      bar?.update(totalBytes, bytes, shown)
    },
    end: () => bar?.end(),
  }
}

/** At the pace so far: "1:05". @param share 0 to 1 */
function timeLeft(seconds: number, share: number): string {
  if (share <= 0) return '?'
  const left = Math.ceil((seconds / share) * (1 - share))
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
}

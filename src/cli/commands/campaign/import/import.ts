import { listSyncs } from '../../../../blocklist/sync-log.ts'
import type { Adapter } from '../../../../broker/port.ts'
import { adapterOf } from '../../../../broker/registry.ts'
import { ownHolidayKeys } from '../../../../calendar/custom-holidays.ts'
import { type Forecast, forecastPlanned, type Present } from '../../../../campaign/read/forecast.ts'
import { startSteps } from '../../../../campaign/read/next-step.ts'
import { refusalForecast, refusalForecastOf } from '../../../../campaign/read/refusal-forecast.ts'
import { campaignView } from '../../../../campaign/read/view.ts'
import { contactHoursOf } from '../../../../campaign-settings/contact-hours.ts'
import { findBroker, findTemplate, findWallet } from '../../../../catalog/find.ts'
import { CampError } from '../../../../errors.ts'
import { importCampaign } from '../../../../intake/import.ts'
import type { ImportRequest, ImportResult } from '../../../../intake/request.ts'
import { hasCredential } from '../../../../security/credentials.ts'
import { openCredentialOf } from '../../../../security/open-credential.ts'
import { parseDelimiter } from '../../../../tabular/delimiter.ts'
import { parseEncoding } from '../../../../tabular/encoding.ts'
import { spool } from '../../../../tabular/spool.ts'
import type { OptionsOf } from '../../../command.ts'
import type { Context } from '../../../context.ts'
import { whatNext } from '../../../next.ts'
import { parsePairLists } from '../../../parse-pairs.ts'
import { hasTerminal } from '../../../prompt.ts'
import type * as commands from '../index.ts'
import { assertRepeatable, repeatImport } from '../repeat/add.ts'
import { readSettings } from './settings.ts'
import { importText, noCredentialText, warningsOf } from './text.ts'
import { factsOf, plannedView } from './view.ts'

type Options = OptionsOf<typeof commands.importFile>

export async function importFile(context: Context, file: string, options: Options): Promise<void> {
  const actor = options.cap && !options.allowHolidays ? await context.actor() : await context.admin()
  if (options.repeat !== undefined) assertRepeatable({ ...options })
  else if (file === STDIN) assertPipe(context)
  const { request, wallet, broker } = await readRequest(context, actor.id, file, options)
  if (options.repeat !== undefined) {
    const missing = await isCredentialMissing(context, request)
    if (missing) context.out.talk(`Credential: ${noCredentialText({ wallet, broker })}`)
    return repeatImport(context, request, options.repeat, missing)
  }
  if (file !== STDIN) request.file = await context.inputFile(file)
  if (request.rejects !== null && !request.dryRun) request.rejects = await context.outputFile(request.rejects)
  const result = await importInput(context, request)
  const pool = await context.pool()
  const view =
    result.id === null
      ? plannedView(request, result, { wallet, broker, createdBy: actor.email })
      : await campaignView(pool, result.id)
  const facts = factsOf(request, result, await isCredentialMissing(context, request))
  const present = { now: context.clock.now(), timezone: context.config.timezone }
  const ownHolidays = await ownHolidayKeys(pool)
  const planned = {
    ...request,
    hours: contactHoursOf(request),
    ownHolidays,
    loads: result.loads,
    rateLimit: request.broker.rateLimit,
    broker,
  }
  const expected =
    result.id === null
      ? refusalForecast(result.refusals!, { unit: result.cost.unit, used: '0' })
      : await refusalForecastOf(pool, result.id, present)
  const outlook = { ...(await forecastPlanned(pool, planned, present)), ...expected }
  if (result.importedBefore)
    context.out.warn(`this file was imported before, as ${result.importedBefore}: a real import needs --again`)
  if (request.adapter.content === 'NONE' && (request.message !== null || request.template))
    context.out.warn(
      `${request.adapter.name} sends the content that is set up in its system: the message or template is not used`,
    )
  await sayWhatDoesNotBind(context, request.purpose)
  const shown = { ...outlook, ...present }
  for (const warning of warningsOf(view, facts, shown)) context.out.warn(warning)
  context.out.result({ ...view, ...outlook, ...facts }, () => importText(view, facts, shown))
  for (const line of await linesAfter(context, result, request.scheduledAt, shown)) context.out.talk(line)
  if (result.id === null)
    context.out.talk(`Nothing was written${options.rejects ? ', no rejects file either' : ''}: this was a dry run.`)
}

/** The next steps; for a dry run, when it would start (no worker is needed for that yet). */
async function linesAfter(
  context: Context,
  { id, pending }: ImportResult,
  scheduledAt: Date | null,
  outlook: Forecast & Present,
): Promise<string[]> {
  if (id !== null) return (await whatNext(context, id, outlook)).next
  if (pending === 0) return []
  const { opens_at, closed_because: closedBecause } = outlook
  const opensAt = opens_at === null ? null : new Date(opens_at)
  return startSteps({ ...outlook, scheduledAt, startMissed: false, opensAt, closedBecause, workerRunning: true })
}

/** The credential can be set until the campaign is approved. */
async function isCredentialMissing(context: Context, { wallet, broker }: ImportRequest): Promise<boolean> {
  return !(await hasCredential(await context.pool(), { wallet_id: wallet.id, broker_id: broker.id }))
}

/** Prints which lists do not apply: a misspelt purpose would exempt a campaign from the list that is meant for it. */
async function sayWhatDoesNotBind(context: Context, purpose: string | null): Promise<void> {
  if (purpose === null) return
  const others = (await listSyncs(await context.pool())).filter(sync => (sync.purpose ?? purpose) !== purpose)
  const names = new Set(others.map(sync => `${sync.source} (${sync.purpose})`))
  if (names.size > 0) context.out.talk(`Lists for another purpose do not apply: ${[...names].join(', ')}.`)
}

const STDIN = '-'

function assertPipe(context: Context): void {
  if (!hasTerminal(context)) return
  throw new CampError('INPUT_MISSING', 'the file - is standard input, but that is a terminal', {
    hint: 'Pipe a file: zcat list.csv.gz | camp campaign import - …, or use the name of a file.',
  })
}

/** A file is read in place; standard input is spooled to a file that is removed afterwards. */
async function importInput(context: Context, request: ImportRequest): Promise<ImportResult> {
  if (request.file !== STDIN) return importFrom(context, request)
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
  const [pool, prisma] = [await context.pool(), await context.prisma()]
  const progress = await progressBar(context)
  const deps = { pool, prisma, clock: context.clock, signal: context.signal, onProgress: progress.update }
  return importCampaign(deps, request).finally(progress.end)
}

async function readRequest(context: Context, userId: string, file: string, options: Options) {
  const prisma = await context.prisma()
  const wallet = await findWallet(prisma, options.wallet)
  const broker = await findBroker(prisma, options.broker)
  const adapter = await adapterOf(broker.adapter)
  const template = options.template === undefined ? null : await findTemplate(prisma, options.template)
  const request: ImportRequest = {
    ...readSettings(options, { now: context.clock.now(), timezone: context.config.timezone }),
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
    template: template && { id: template.id, code: template.template_code, content: template.content },
    map: parsePairLists('--map', options.map ?? []),
    allPhones: options.allPhones ?? false,
    repairNinthDigit: options.repairNinthDigit ?? false,
    billsSegments: await billsSegments(context, adapter, { wallet_id: wallet.id, broker_id: broker.id }),
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
  return { request, wallet: wallet.name, broker: broker.name }
}

/** @returns null if it depends on the credential of the wallet, and there is none that opens */
async function billsSegments(
  context: Context,
  adapter: Adapter,
  place: { wallet_id: string; broker_id: string },
): Promise<boolean | null> {
  if (!adapter.billsSegments) return false
  const opened = await openCredentialOf(await context.pool(), await context.keys(), adapter, place)
  return opened && opened.flaw === undefined ? adapter.billsSegments(opened.config) : null
}

/** On a terminal only: elsewhere an import ends before a line about its progress is useful. */
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

/** At the rate so far: "1:05". @param share 0 to 1 */
function timeLeft(seconds: number, share: number): string {
  if (share <= 0) return '?'
  const left = Math.ceil((seconds / share) * (1 - share))
  return `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
}

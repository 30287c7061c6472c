import { listSyncs } from '../../../../blocklist/sync-log.ts'
import { ownHolidayKeys } from '../../../../calendar/custom-holidays.ts'
import { type Forecast, forecastPlanned, type Present } from '../../../../campaign/read/forecast.ts'
import { startSteps } from '../../../../campaign/read/next-step.ts'
import { refusalForecast, refusalForecastOf } from '../../../../campaign/read/refusal-forecast.ts'
import { campaignView } from '../../../../campaign/read/view.ts'
import { contactHoursOf } from '../../../../campaign-settings/contact-hours.ts'
import { CampError } from '../../../../errors.ts'
import { importCampaign } from '../../../../intake/import.ts'
import type { ImportRequest, ImportResult } from '../../../../intake/request.ts'
import { numberText } from '../../../../language/format.ts'
import { t } from '../../../../language/text.ts'
import type { Actor } from '../../../../security/actor.ts'
import { hasCredential } from '../../../../security/credentials.ts'
import { spool } from '../../../../tabular/spool.ts'
import type { OptionsOf } from '../../../command.ts'
import type { Context } from '../../../context.ts'
import { whatNext } from '../../../next.ts'
import { orAdmin } from '../../../permit.ts'
import { hasTerminal } from '../../../prompt.ts'
import type * as commands from '../index.ts'
import { assertRepeatable, repeatImport } from '../repeat/add.ts'
import { completed, completedAfter } from './complete.ts'
import { type ReadRequest, readRequest } from './request.ts'
import { importText, warningsOf } from './text.ts'
import { factsOf, plannedView } from './view.ts'

type Options = OptionsOf<typeof commands.importFile>

export async function importFile(context: Context, file: string, options: Options): Promise<void> {
  const actor = await permitted(context, options)
  if (options.repeat !== undefined) assertRepeatable({ ...options })
  else if (file === STDIN) assertPipe(context)
  const input = { file, path: lazyValue(() => context.inputFile(file)), isPreviewable: isPreviewable(file, options) }
  let read = await readRequest(context, actor.id, file, await completed(context, input, options))
  if (options.repeat !== undefined) {
    const missing = await isCredentialMissing(context, read.request)
    if (missing) context.out.warn(await credentialText(context, read))
    return repeatImport(context, read.request, options.repeat, missing)
  }
  let result: ImportResult
  try {
    result = await importInput(context, read.request, input.path)
  } catch (error) {
    // What only the file can tell is missing: nothing was written yet.
    const more = await completedAfter(context, error, input, read.options)
    read = await readRequest(context, actor.id, file, more)
    result = await importInput(context, read.request, input.path)
  }
  await showImport(context, read, result, actor.email)
}

/** The handler's answer: the campaign, warnings and what comes next. */
async function showImport(context: Context, read: ReadRequest, result: ImportResult, createdBy: string): Promise<void> {
  const { request, wallet, broker } = read
  const pool = await context.pool()
  const view =
    result.id === null
      ? plannedView(request, result, { wallet, broker, createdBy })
      : await campaignView(pool, result.id)
  const facts = factsOf(read, result, await isCredentialMissing(context, request))
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
    context.out.warn(t`this file was imported before, as ${result.importedBefore}: a real import needs --again`)
  if (request.adapter.content === 'NONE' && (request.message !== null || request.template))
    context.out.warn(
      t`${request.adapter.name} sends the content that is set up in its system: the message or template is not used`,
    )
  await sayWhatDoesNotBind(context, request.purpose)
  const shown = { ...outlook, ...present }
  if (facts.credential_missing) context.out.warn(await credentialText(context, read))
  for (const warning of warningsOf(view, facts, shown)) context.out.warn(warning)
  context.out.result({ ...view, ...outlook, ...facts }, () =>
    context.out.quiet && view.agendamento_id !== null ? view.agendamento_id : importText(view, facts, shown),
  )
  for (const line of await linesAfter(context, result, request.scheduledAt, shown)) context.out.talk(line)
  if (result.id === null)
    context.out.talk(
      request.rejects
        ? t`Nothing was written, no rejects file either: this was a dry run.`
        : t`Nothing was written: this was a dry run.`,
    )
}

function permitted(context: Context, { cap, allowHolidays }: Options): Promise<Actor> {
  if (!cap) return context.admin(t`--no-cap, which sends to people who got a message in the last 24 hours,`)
  return allowHolidays ? context.admin('--allow-holidays') : context.actor()
}

/** Standard input can be read once, and the pattern of a recurring import is no file. */
function isPreviewable(file: string, { repeat }: Options): boolean {
  return file !== STDIN && repeat === undefined
}

/** The credential can be set until the campaign is approved, so its absence is no error. */
async function credentialText(context: Context, { wallet, broker }: ReadRequest): Promise<string> {
  const set = t`Set it before the approval: camp credential set "${wallet}" "${broker}" key=value`
  const how = await orAdmin(context, 'credential set', set, t`sets it before the approval`)
  return t`wallet "${wallet}" has no credential at "${broker}". ${how}`
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
  if (names.size > 0) context.out.talk(t`Lists for another purpose do not apply: ${[...names].join(', ')}.`)
}

const STDIN = '-'

function assertPipe(context: Context): void {
  if (!hasTerminal(context)) return
  throw new CampError('INPUT_MISSING', t`the file - is standard input, but that is a terminal`, {
    hint: t`Pipe a file: zcat list.csv.gz | camp campaign import - …, or use the name of a file.`,
  })
}

/** A file is read in place; standard input is spooled to a file that is removed afterwards. */
async function importInput(context: Context, given: ImportRequest, path: () => Promise<string>): Promise<ImportResult> {
  const request = { ...given }
  if (request.rejects !== null && !request.dryRun) request.rejects = await context.outputFile(request.rejects)
  if (request.file !== STDIN) return importFrom(context, { ...request, file: await path() })
  const spooled = await spool(context.host.streams.stdin, {
    home: context.config.home,
    clock: context.clock,
    signal: context.signal,
    what: t`standard input`,
    unchanged: t`Nothing was imported.`,
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

/** On a terminal only: elsewhere an import ends before a line about its progress is useful. */
async function progressBar({ out, clock }: Context) {
  const bar = await out.bar(t`{percentage}% | {rows} rows | {rate} rows/s | {left} left`, { clearOnComplete: true })
  const startedAt = clock.now().getTime()
  return {
    update: ({ rows, bytes, totalBytes }: { rows: number; bytes: number; totalBytes: number }) => {
      const seconds = Math.max(0.001, (clock.now().getTime() - startedAt) / 1000)
      const shown = {
        rows: numberText(rows),
        rate: numberText(Math.round(rows / seconds)),
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

/** Computes the value at most once. */
function lazyValue<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => {
    made ??= make()
    return made
  }
}

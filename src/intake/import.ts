import { resolve } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { formatMoney, moneyOf } from '../budget/money.ts'
import { checkBudget } from '../campaign/approval/budget-check.ts'
import { openingsFor } from '../campaign/read/refusal-forecast.ts'
import { contactHoursOf } from '../campaign-settings/contact-hours.ts'
import { columnsOf } from '../campaign-settings/schema.ts'
import { assertOpensFor } from '../campaign-settings/state-laws.ts'
import { cryptoRandom, newHandle, uuids } from '../database/ids.ts'
import { type Tx, transaction, withoutTimeLimits } from '../database/pool.ts'
import { batchSizes, effectiveBatchSize, perSecond } from '../dispatch/plan/batch-size.ts'
import { loadsOf } from '../dispatch/plan/expected-end.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { regionOf } from '../recipient/regions.ts'
import { recordAudit } from '../security/audit-log.ts'
import { assertUnchanged, type Inspection, inspectFile } from '../tabular/inspect.ts'
import { withOtherSheets } from '../tabular/other-sheets.ts'
import { openRecords, type Records } from '../tabular/records.ts'
import { RejectsFile } from '../tabular/rejects-file.ts'
import { dayIn } from '../time/day.ts'
import { campaignName } from './campaign-name.ts'
import { CapCount } from './cap-count.ts'
import { mapColumns } from './columns.ts'
import { assertContent, type Content, contentFor } from './content.ts'
import { type Fish, placeFish } from './fish.ts'
import { headerChoice, storedFileOptions } from './import-options.ts'
import type { ImportSummary } from './import-summary.ts'
import type { Lead } from './lead.ts'
import { textReader } from './lead-text.ts'
import { assertNoObjection, NOT_READ } from './objection.ts'
import { type LeadReading, readLeads } from './read-leads.ts'
import type { ImportDeps, ImportRequest, ImportResult } from './request.ts'
import { hasRowTexts, rowRules } from './row-rules.ts'
import { SegmentCount } from './segments.ts'
import { Sequencer, seqOf } from './sequence.ts'
import {
  claimFile,
  completeCampaign,
  importedBefore,
  insertCampaign,
  insertFish,
  storeByText,
  storeInOrder,
} from './store.ts'
import { createRowValidator } from './validate-rows.ts'

/**
 * Imports a file as a campaign in PENDING_APPROVAL. Every row becomes a lead, to be sent or refused with a reason. Memory use does not
 * depend on the file's length. One transaction: after an error nothing is left.
 * @throws CampError DATA (the file, with line and column), STATE (imported before), NOT_FOUND (no such file), INTERRUPTED
 */
export async function importCampaign(deps: ImportDeps, request: ImportRequest): Promise<ImportResult> {
  try {
    assertContent(request)
    assertNoObjection(request, NOT_READ)
    if (request.rejects !== null && resolve(request.rejects) === resolve(request.file)) {
      throw new CampError('OPTIONS_CONFLICT', t`--rejects names the imported file itself`, {
        hint: t`Choose another path for --rejects.`,
      })
    }
    const source = await inspectFile(request.file, { ...request, header: headerChoice(request), signal: deps.signal })
    const records = await openRecords(source, deps.signal)
    try {
      const intake = await prepare(deps, request, source, records).catch(error => {
        throw withOtherSheets(source, error)
      })
      return request.dryRun ? await dryRun(deps, request, intake) : await importRows(deps, request, intake)
    } finally {
      await records.close()
    }
  } catch (error) {
    if (!deps.signal.aborted) throw error
    throw new CampError('INTERRUPTED', t`the import was interrupted`, {
      hint: t`Nothing was imported.`,
      cause: deps.signal.reason,
    })
  }
}

/** An import ready to read rows: what the header and the settings determine. */
interface Intake extends LeadReading {
  content: Content
  /** A good lead's text. */
  textOf: (lead: Lead) => string | null
  /** null unless the broker bills per SMS. */
  segments: SegmentCount | null
  fish: readonly Fish[]
  createdAt: Date
}

async function prepare(
  deps: ImportDeps,
  request: ImportRequest,
  source: Inspection,
  records: Records,
): Promise<Intake> {
  campaignName(request, source) // refuse an invalid name before reading
  const columns = mapColumns(source.file, records.header, request.map, hasRowTexts(request), records.headerLine)
  const content = contentFor(request, source.file, columns)
  const createdAt = deps.clock.now()
  const validator = createRowValidator(rowRules(request, columns, content, createdAt))
  const fish = request.fish ? await deps.prisma.fish.findMany({ orderBy: { created_at: 'asc' } }) : []
  const textOf = textReader(content, request.template?.content ?? null, columns)
  const segments = request.billsSegments ? new SegmentCount(textOf) : null
  const { byText } = content
  const { purpose } = request
  return { source, records, columns, validator, byText, purpose, content, textOf, segments, fish, createdAt }
}

async function dryRun(deps: ImportDeps, request: ImportRequest, intake: Intake): Promise<ImportResult> {
  const cap = request.noCap ? null : await openCapCount(deps, request, intake)
  const sinks = [intake.segments, cap].filter(sink => sink !== null)
  const tally = await readLeads(deps, intake, sinks)
  assertAllCanBeSent(request, intake, tally)
  const pending = tally.pending > 0 ? tally.pending + intake.fish.length : 0
  return resultOf(deps, request, intake, tally, {
    refusals: cap?.result(pending) ?? { ...NONE_REFUSED, pending },
    importedBefore: (await importedBefore(deps.pool, intake.source.sha256)) ?? null,
  })
}

const NONE_REFUSED = { blocked: 0, writtenTo: 0, until: null, sameDocument: 0 }

async function openCapCount({ pool }: ImportDeps, request: ImportRequest, { createdAt }: Intake): Promise<CapCount> {
  return new CapCount(pool, await openingsFor(pool, contactHoursOf(request), request.scheduledAt, createdAt))
}

async function importRows(deps: ImportDeps, request: ImportRequest, intake: Intake): Promise<ImportResult> {
  const { source, columns } = intake
  const { rejects: file, overwrite = false } = request
  const rejects = file === null ? null : await RejectsFile.create({ file, overwrite }, source, columns)
  try {
    const result = await transaction(deps.pool, async tx => {
      // Workers do not need its locks, and a terminal may suspend it. Another import of the same file waits.
      await withoutTimeLimits(tx)
      if (!request.again) await claimFile(tx, source.file, source.sha256)
      const made = await createCampaign(deps, request, intake, tx)
      const tally = await storeLeads(deps, intake, tx, made.id, rejects)
      await assertUnchanged(source)
      assertAllCanBeSent(request, intake, tally)
      const fish = tally.pending > 0 ? intake.fish.length : 0
      await completeCampaign(tx, made.id, { rows: tally.rows, leads: tally.leads, fish })
      const { agendamentoId } = made
      await recordAudit(tx, {
        userId: request.userId,
        action: 'campaign.import',
        subject: 'Campaign',
        subjectId: made.id,
        detail: {
          agendamento_id: agendamentoId,
          file: source.file,
          sha256: source.sha256,
          rows: tally.rows,
          leads: tally.leads,
          pending: tally.pending,
          ...saidIn(warningsOf(intake)),
          purpose: request.purpose,
          no_cap: request.noCap,
        },
      })
      await deps.onImported?.(tx, { ...made, ...warningsOf(intake) }, source)
      // A disk error must come before the commit.
      await rejects?.seal()
      deps.signal.throwIfAborted()
      return await resultOf(deps, request, intake, tally, {
        ...made,
        rejects: rejects && { file: rejects.path, rows: rejects.rows },
      })
    })
    await rejects?.publish()
    return result
  } finally {
    await rejects?.discard()
  }
}

function warningsOf({
  validator,
  records,
  content,
  source,
}: Intake): Pick<ImportResult, 'warnings' | 'warningPlaces' | 'notes' | 'repairs'> {
  const { counts, places } = validator.warnings
  return {
    warnings: { ...counts, ...records.warnings() },
    warningPlaces: places,
    notes: [...source.notes.map(note => `the file: ${note}`), ...content.notes],
    repairs: content.repairs,
  }
}

/** The audit keeps the warnings: a recurring import has no one to show them to. */
function saidIn({ warnings, notes }: Pick<ImportResult, 'warnings' | 'notes'>) {
  return {
    ...(Object.keys(warnings).length > 0 && { warnings }),
    ...(notes.length > 0 && { notes }),
  }
}

/** @throws CampError USAGE: contact hours never open for some leads or fish; DATA: the adapter has something against so many */
function assertAllCanBeSent(request: ImportRequest, intake: Intake, tally: ImportSummary): void {
  const { fish, createdAt, segments } = intake
  if (tally.pending === 0) return
  const messages = tally.pending + fish.length
  assertNoObjection(request, { messages, segments: segments?.result.total ?? messages })
  const regions = [...tally.regions, ...fish.map(one => regionOf(one.phone)!)]
  assertOpensFor(contactHoursOf(request), regions, createdAt)
}

async function createCampaign(deps: ImportDeps, request: ImportRequest, intake: Intake, tx: Tx) {
  const { source, content, createdAt } = intake
  const id = uuidv7()
  const day = dayIn(request.timezone, createdAt)
  const row = {
    ...columnsOf(request),
    // Checked against the file's columns.
    base_message: content.text?.text ?? null,
    template_vars: content.templateVars,
    id,
    name: campaignName(request, source),
    user_id: request.userId,
    wallet_id: request.wallet.id,
    broker_id: request.broker.id,
    template_id: request.adapter.content === 'NONE' ? null : (request.template?.id ?? null),
    source_file: source.file,
    source_sha256: source.sha256,
    file_options: storedFileOptions(request),
    created_at: createdAt,
    updated_at: createdAt,
  }
  return { id, agendamentoId: await insertCampaign(tx, row, () => newHandle(day, deps.random ?? cryptoRandom)) }
}

async function storeLeads(
  deps: ImportDeps,
  intake: Intake,
  tx: Tx,
  campaignId: string,
  rejects: RejectsFile | null,
): Promise<ImportSummary> {
  const sequence = new Sequencer()
  const nextId = uuids(intake.createdAt, deps.random ?? cryptoRandom)
  const open = intake.byText ? storeByText : storeInOrder
  const store = await open(tx, campaignId, sequence, nextId)
  try {
    const sinks = [store, rejects, intake.segments].filter(sink => sink !== null)
    const tally = await readLeads(deps, intake, sinks)
    await store.end()
    if (tally.firstBlock === undefined || intake.fish.length === 0) return tally
    const placing = { model: seqOf(tally.firstBlock, 1), byText: intake.byText, counts: sequence.counts }
    await insertFish(tx, campaignId, placeFish(intake.fish, sequence.counts), placing, nextId)
    return tally
  } catch (error) {
    await store.abort()
    throw error
  }
}

async function resultOf(
  deps: ImportDeps,
  request: ImportRequest,
  intake: Intake,
  tally: ImportSummary,
  made: Partial<Pick<ImportResult, 'id' | 'agendamentoId' | 'rejects' | 'importedBefore' | 'refusals'>>,
): Promise<ImportResult> {
  const { source, records, columns, content, createdAt } = intake
  const fish = tally.pending > 0 ? intake.fish : []
  const size = effectiveBatchSize({
    adapter: request.adapter,
    brokerMax: request.broker.maxBatch,
    campaignMax: request.batchSize,
    perMessage: request.throttle.type !== 'none',
    perSecond: perSecond(request.broker.rateLimit),
  })
  const unit = moneyOf(request.broker.cost)
  const ceiling = formatMoney(unit * BigInt(tally.pending + fish.length))
  const present = { now: createdAt, timezone: request.timezone }
  const groups = tally.groups(fish).map(({ region, count }) => ({ zone: region.name, count }))
  return {
    id: null,
    agendamentoId: null,
    rejects: null,
    importedBefore: null,
    refusals: null,
    ...made,
    name: campaignName(request, source),
    source,
    headerLine: records.headerLine,
    rowsAbove: records.rowsAbove,
    columns,
    message: content.text?.text ?? null,
    rows: tally.rows,
    leads: tally.leads,
    fish: fish.length,
    pending: tally.pending + fish.length,
    errors: tally.errors,
    refusedLines: tally.refusedLines,
    first: tally.first.map(lead => ({ lead, text: lead.refusal ? null : intake.textOf(lead) })),
    ...warningsOf(intake),
    cost: { unit: formatMoney(unit), ceiling },
    budget: await checkBudget(deps.pool, request.wallet.id, ceiling, request.scheduledAt, present),
    segments: intake.segments?.result ?? null,
    batches: { size, count: batchSizes(groups, size).length },
    loads: loadsOf(groups, size, request.adapter.messagesPerRequest),
    createdAt,
  }
}

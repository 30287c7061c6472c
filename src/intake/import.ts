import { createReadStream } from 'node:fs'
import { extname, resolve } from 'node:path'
import type pg from 'pg'
import { v7 as uuidv7 } from 'uuid'
import { findBlocked } from '../blocklist/blocklist.ts'
import type { Adapter } from '../broker/port.ts'
import { formatMoney, moneyOf } from '../budget/money.ts'
import type { Hours, ThrottleColumns } from '../campaign/settings.ts'
import type { Clock } from '../clock.ts'
import { type Sql, transaction } from '../database/pool.ts'
import type { PrismaClient } from '../database/prisma.ts'
import { batchSizes, effectiveBatchSize } from '../dispatch/plan.ts'
import { CampError } from '../errors.ts'
import { recordAudit } from '../security/audit.ts'
import { type Columns, mapColumns } from './columns.ts'
import { assertContent, type Content, contentFor } from './content.ts'
import { type Row, readRows } from './csv.ts'
import { dayIn } from './dates.ts'
import type { Delimiter } from './delimiter.ts'
import { type Encoding, toUtf8 } from './encoding.ts'
import { type Fish, placeFish } from './fish.ts'
import { cryptoRandom, newHandle, type Random, uuids } from './ids.ts'
import { assertUnchanged, emptyFile, type Inspection, inspectFile } from './inspect.ts'
import { RejectsFile } from './rejects.ts'
import { Sequencer, seqOf } from './sequence.ts'
import {
  claimFile,
  completeCampaign,
  importedBefore,
  insertCampaign,
  insertFish,
  type LeadStore,
  storeByText,
  storeInOrder,
} from './store.ts'
import { Tally } from './tally.ts'
import { createVetter, type Lead, refuse, type Vetter, type Warnings } from './vet.ts'

export interface ImportDeps {
  pool: pg.Pool
  prisma: Pick<PrismaClient, 'fish'>
  clock: Clock
  random?: Random
  signal: AbortSignal
  onProgress?: (progress: { rows: number; bytes: number; totalBytes: number }) => void
}

export interface ImportRequest {
  /** A path. */
  file: string
  /** The file's name without its ending where null. */
  name: string | null
  userId: string
  wallet: { id: string }
  /** `cost` is a decimal string. */
  broker: { id: string; cost: string; maxBatch: number | null }
  adapter: Pick<Adapter, 'name' | 'messagesPerRequest' | 'oneTextPerRequest' | 'templateRequired' | 'documentRequired'>
  message: string | null
  template: { id: string; code: string; content: string } | null
  /** Template variable → column. */
  vars: Readonly<Record<string, string>>
  /** Field → header. */
  map: Readonly<Record<string, string>>
  throttle: ThrottleColumns
  hours: Hours
  /** Bit 0 Monday … bit 6 Sunday. */
  days: number
  allowHolidays: boolean
  noCap: boolean
  scheduledAt: Date | null
  /** Minutes. */
  startBefore: number
  batchSize: number | null
  /** 0: however old. */
  staleDays: number
  /** null: detected. */
  encoding: Encoding | null
  delimiter: Delimiter | null
  fish: boolean
  /** Also a file that was imported before. */
  again: boolean
  dryRun: boolean
  /** Where the refused rows go; a dry run writes none. */
  rejects: string | null
  timezone: string
}

export interface ImportResult {
  /** null after a dry run, like the handle. */
  id: string | null
  agendamentoId: string | null
  name: string
  source: Inspection
  columns: Columns
  /** The text as it is stored. */
  message: string | null
  rows: number
  fish: number
  pending: number
  errors: Readonly<Record<string, number>>
  warnings: Warnings
  /** Decimal strings; the ceiling is every lead that will be sent. */
  cost: { unit: string; ceiling: string }
  batches: { size: number; count: number }
  rejects: { file: string; rows: number } | null
  /** The handle of a campaign of the same file. */
  importedBefore: string | null
  createdAt: Date
}

/**
 * Imports a file as a campaign that waits for approval. Every row becomes a lead, to be sent or refused with a reason. Memory
 * stays the same however long the file is. All of it happens in one transaction: whatever goes wrong, and wherever, nothing
 * is left behind.
 * @throws CampError DATA (the file, with line and column), STATE (imported before), NOT_FOUND (no such file), INTERRUPTED
 */
export async function importCampaign(deps: ImportDeps, request: ImportRequest): Promise<ImportResult> {
  try {
    assertContent(request)
    if (request.rejects !== null && resolve(request.rejects) === resolve(request.file)) {
      throw new CampError('USAGE', '--rejects names the file that is imported', { hint: 'Give it another name.' })
    }
    const source = await inspectFile(request.file, { ...request, signal: deps.signal })
    const records = openRecords(source, deps)
    try {
      const intake = await prepare(deps, request, source, records)
      return request.dryRun ? await dryRun(deps, request, intake) : await importRows(deps, request, intake)
    } finally {
      await records.rows.return(undefined)
    }
  } catch (error) {
    // A stream that was stopped says so in its own words.
    deps.signal.throwIfAborted()
    throw error
  }
}

interface Records {
  rows: AsyncGenerator<Row[]>
  bytesRead: () => number
}

function openRecords(source: Inspection, { signal }: ImportDeps): Records {
  const stream = createReadStream(source.path, { highWaterMark: 256 * 1024, signal })
  return { rows: readRows(toUtf8(stream, source.encoding), source), bytesRead: () => stream.bytesRead }
}

/** An import that is ready to read: everything that the header and the settings decide. */
interface Intake {
  source: Inspection
  columns: Columns
  content: Content
  fish: readonly Fish[]
  vetter: Vetter
  hasBlocklist: boolean
  createdAt: Date
  /** The rows that came with the header. */
  firstRows: Row[]
  records: Records
}

async function prepare(
  deps: ImportDeps,
  request: ImportRequest,
  source: Inspection,
  records: Records,
): Promise<Intake> {
  const first = await records.rows.next()
  const [header, ...firstRows] = first.done ? [] : first.value
  if (!header) throw emptyFile(source.file)
  const columns = mapColumns(source.file, header.cells, request.map, request.template === null)
  const content = contentFor(request, source.file, columns)
  const createdAt = deps.clock.now()
  const vetter = createVetter({
    columns,
    documentRequired: request.adapter.documentRequired,
    staleDays: request.staleDays,
    today: dayIn(request.timezone, createdAt),
    text: content.text,
    templateVars: content.templateVars,
    keepText: content.byText,
  })
  const fish = request.fish ? await deps.prisma.fish.findMany({ orderBy: { created_at: 'asc' } }) : []
  return {
    source,
    columns,
    content,
    fish,
    vetter,
    hasBlocklist: await hasBlocklist(deps.pool),
    createdAt,
    firstRows,
    records,
  }
}

async function dryRun(deps: ImportDeps, request: ImportRequest, intake: Intake): Promise<ImportResult> {
  const tally = await readLeads(deps, intake, [])
  return resultOf(request, intake, tally, {
    importedBefore: (await importedBefore(deps.pool, intake.source.sha256)) ?? null,
  })
}

async function importRows(deps: ImportDeps, request: ImportRequest, intake: Intake): Promise<ImportResult> {
  const { source, columns, content, createdAt } = intake
  const random = deps.random ?? cryptoRandom
  const day = dayIn(request.timezone, createdAt)
  const id = uuidv7()
  const rejects = request.rejects === null ? null : await RejectsFile.create(request.rejects, source, columns)
  try {
    const result = await transaction(deps.pool, async client => {
      if (!request.again) await claimFile(client, source.file, source.sha256)
      const header = {
        ...request,
        id,
        name: nameOf(request, source),
        walletId: request.wallet.id,
        brokerId: request.broker.id,
      }
      const agendamentoId = await insertCampaign(
        client,
        {
          ...header,
          templateId: request.template?.id ?? null,
          message: content.text?.text ?? null,
          templateVars: content.templateVars,
          sourceFile: source.file,
          sourceSha256: source.sha256,
          createdAt,
        },
        () => newHandle(day, random),
      )
      const tally = await storeLeads(deps, intake, client, id, rejects)
      await assertUnchanged(source)
      const fish = tally.pending > 0 ? intake.fish.length : 0
      await completeCampaign(client, id, { rows: tally.rows, fish })
      await recordAudit(client, {
        userId: request.userId,
        action: 'campaign.import',
        subject: 'Campaign',
        subjectId: id,
        detail: {
          agendamento_id: agendamentoId,
          file: source.file,
          sha256: source.sha256,
          rows: tally.rows,
          pending: tally.pending,
        },
      })
      deps.signal.throwIfAborted()
      return resultOf(request, intake, tally, {
        id,
        agendamentoId,
        rejects: rejects && { file: rejects.path, rows: rejects.rows },
      })
    })
    await rejects?.finish()
    return result
  } finally {
    await rejects?.discard()
  }
}

async function storeLeads(
  deps: ImportDeps,
  intake: Intake,
  client: pg.PoolClient,
  campaignId: string,
  rejects: RejectsFile | null,
): Promise<Tally> {
  const sequence = new Sequencer()
  const nextId = uuids(intake.createdAt, deps.random ?? cryptoRandom)
  const open = intake.content.byText ? storeByText : storeInOrder
  const store: LeadStore = await open(client, campaignId, sequence, nextId)
  try {
    const tally = await readLeads(deps, intake, rejects ? [store, rejects] : [store])
    await store.end()
    if (tally.firstBlock === undefined || intake.fish.length === 0) return tally
    const placing = { model: seqOf(tally.firstBlock, 1), byText: intake.content.byText, counts: sequence.counts }
    await insertFish(client, campaignId, placeFish(intake.fish, sequence.counts), placing, nextId)
    return tally
  } catch (error) {
    await store.abort()
    throw error
  }
}

/**
 * Reads the file to its end. While the blocklist is asked about one chunk of rows, the next is parsed.
 * @param sinks where the leads go, in the file's order
 */
async function readLeads(
  deps: ImportDeps,
  intake: Intake,
  sinks: readonly { add: (leads: readonly Lead[]) => Promise<void> }[],
): Promise<Tally> {
  const { vetter, hasBlocklist, records, source } = intake
  const tally = new Tally(intake.content.byText)
  const emit = async (leads: readonly Lead[]) => {
    deps.signal.throwIfAborted()
    for (const sink of sinks) await sink.add(leads)
    tally.add(leads)
    deps.onProgress?.({ rows: tally.rows, bytes: records.bytesRead(), totalBytes: source.bytes })
  }
  let ahead: Promise<readonly Lead[]> | undefined
  for await (const rows of rowsOf(intake)) {
    const leads = rows.map(vetter.vet)
    const vetted = hasBlocklist ? refuseBlocked(deps.pool, leads) : Promise.resolve(leads)
    vetted.catch(() => undefined) // it is awaited below, if nothing else fails before
    if (ahead) await emit(await ahead)
    ahead = vetted
  }
  if (ahead) await emit(await ahead)
  if (tally.rows === 0) throw emptyFile(source.file)
  return tally
}

async function* rowsOf({ firstRows, records }: Intake): AsyncGenerator<Row[]> {
  if (firstRows.length > 0) yield firstRows
  yield* records.rows
}

async function hasBlocklist(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ any: boolean }>(`SELECT EXISTS (SELECT 1 FROM "Blocklist") AS any`)
  return rows[0]!.any
}

async function refuseBlocked(sql: Sql, leads: readonly Lead[]): Promise<readonly Lead[]> {
  const open = leads.filter(lead => !lead.refusal)
  const { phones, documents } = await findBlocked(
    sql,
    open.map(lead => lead.phone),
    open.flatMap(lead => lead.cpf_cnpj ?? []),
  )
  for (const lead of open) {
    if (phones.has(lead.phone)) refuse(lead, 'BLOCKLISTED', 'its phone is on the blocklist')
    else if (lead.cpf_cnpj !== null && documents.has(lead.cpf_cnpj))
      refuse(lead, 'BLOCKLISTED', 'its document is on the blocklist')
  }
  return leads
}

function nameOf(request: ImportRequest, { file }: Inspection): string {
  return request.name ?? file.slice(0, file.length - extname(file).length)
}

function resultOf(
  request: ImportRequest,
  intake: Intake,
  tally: Tally,
  made: Partial<Pick<ImportResult, 'id' | 'agendamentoId' | 'rejects' | 'importedBefore'>>,
): ImportResult {
  const { source, columns, content, vetter, createdAt } = intake
  const fish = tally.pending > 0 ? intake.fish : []
  const size = effectiveBatchSize({
    messagesPerRequest: request.adapter.messagesPerRequest,
    brokerMax: request.broker.maxBatch,
    campaignMax: request.batchSize,
    perMessage: request.throttle.type !== 'none',
  })
  const unit = moneyOf(request.broker.cost)
  return {
    id: null,
    agendamentoId: null,
    rejects: null,
    importedBefore: null,
    ...made,
    name: nameOf(request, source),
    source,
    columns,
    message: content.text?.text ?? null,
    rows: tally.rows,
    fish: fish.length,
    pending: tally.pending + fish.length,
    errors: tally.errors,
    warnings: vetter.warnings,
    cost: { unit: formatMoney(unit), ceiling: formatMoney(unit * BigInt(tally.pending + fish.length)) },
    batches: { size, count: batchSizes(tally.groups(fish), size).length },
    createdAt,
  }
}

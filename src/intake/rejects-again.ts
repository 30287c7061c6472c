import { resolve } from 'node:path'
import type pg from 'pg'
import { adapterOf } from '../broker/registry.ts'
import type { Sql } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { assertUnchanged, type Inspection, inspectFile } from '../tabular/inspect.ts'
import { openRecords } from '../tabular/records.ts'
import { RejectsFile, type RejectsTarget } from '../tabular/rejects-file.ts'
import { mapColumns } from './columns.ts'
import { contentFor } from './content.ts'
import { type FileOptions, fileOptionsOf, headerChoice } from './import-options.ts'
import { hasRowTexts, rowRules } from './row-rules.ts'
import { StoredVerdicts } from './stored-verdicts.ts'
import { createRowValidator } from './validate-rows.ts'

export interface RejectsDeps {
  pool: pg.Pool
  signal: AbortSignal
  /** Of the installation: the age of a row counts in its days. */
  timezone: string
}

/** What the import of a campaign knew of its file. */
export interface ImportedFile {
  campaignId: string
  handle: string
  /** The name of the file, without its folder. */
  file: string
  sha256: string
  options: FileOptions
  createdAt: Date
  adapter: string
  message: string | null
  templateVars: Record<string, string> | null
  template: { id: string; code: string; content: string } | null
  staleDays: number
}

export interface RejectsAgain {
  file: string
  rows: number
  /** Refused rows that are left out, because their personal data was replaced. */
  erased: number
}

/** @throws CampError REJECTS_UNAVAILABLE: the import was made by a version that did not store how it read the file */
export async function importedFile(sql: Sql, campaignId: string): Promise<ImportedFile> {
  const { rows } = await sql.query<ImportedRow>(
    `SELECT c.agendamento_id, c.source_file, c.source_sha256, c.file_options, c.created_at, b.adapter, c.base_message,
            c.template_vars, c.stale_days, t.id AS template_id, t.template_code, t.content
     FROM "Campaign" c JOIN "Broker" b ON b.id = c.broker_id LEFT JOIN "Template" t ON t.id = c.template_id
     WHERE c.id = $1`,
    [campaignId],
  )
  const row = rows[0]!
  if (row.file_options === null) {
    throw new CampError('REJECTS_UNAVAILABLE', t`camp does not know how it read the file of ${row.agendamento_id}`, {
      hint: t`Only imports since this was stored have it. The reasons: camp campaign leads ${row.agendamento_id} --status ERROR`,
    })
  }
  const { template_id: id, template_code: code, content } = row
  return {
    campaignId,
    handle: row.agendamento_id,
    file: row.source_file,
    sha256: row.source_sha256,
    options: fileOptionsOf(row.file_options),
    createdAt: row.created_at,
    adapter: row.adapter,
    message: row.base_message,
    templateVars: row.template_vars,
    template: id === null ? null : { id, code: code!, content: content! },
    staleDays: row.stale_days,
  }
}

interface ImportedRow {
  agendamento_id: string
  source_file: string
  source_sha256: string
  file_options: unknown
  created_at: Date
  adapter: string
  base_message: string | null
  template_vars: Record<string, string> | null
  stale_days: number
  template_id: string | null
  template_code: string | null
  content: string | null
}

/**
 * Writes the rows that an import refused to a file, as the import did with --rejects, from the file that was imported and the
 * stored reasons. Memory use does not depend on the file's length.
 * @param path of the imported file
 * @throws CampError FILE_DIFFERS: it is another file; as `inspectFile`, `openRecords` and `RejectsFile`
 */
export async function writeRejectsAgain(
  deps: RejectsDeps,
  imported: ImportedFile,
  path: string,
  target: RejectsTarget,
): Promise<RejectsAgain> {
  try {
    if (resolve(target.file) === resolve(path)) {
      throw new CampError('OPTIONS_CONFLICT', t`--rejects names the imported file itself`, {
        hint: t`Choose another path for --rejects.`,
      })
    }
    return await write(deps, imported, await inspected(deps, imported, path), target)
  } catch (error) {
    if (!deps.signal.aborted) throw error
    throw new CampError('INTERRUPTED', t`the rejects were not written: interrupted`, { cause: deps.signal.reason })
  }
}

async function inspected({ signal }: RejectsDeps, imported: ImportedFile, path: string): Promise<Inspection> {
  const { options, handle, sha256 } = imported
  const source = await inspectFile(path, { ...options, header: headerChoice(options), signal })
  if (source.sha256 === sha256) return source
  throw new CampError('FILE_DIFFERS', t`${source.file} is not the file that ${handle} was imported from`, {
    hint: t`That was ${imported.file}, with the SHA-256 ${sha256}; this one has ${source.sha256}.`,
  })
}

async function write(
  { pool, signal, timezone }: RejectsDeps,
  imported: ImportedFile,
  source: Inspection,
  target: RejectsTarget,
): Promise<RejectsAgain> {
  const { campaignId, options, template, createdAt, staleDays, message, templateVars } = imported
  const adapter = await adapterOf(imported.adapter)
  const rules = { ...options, adapter, template, staleDays, timezone }
  const records = await openRecords(source, signal)
  try {
    const columns = mapColumns(source.file, records.header, options.map, hasRowTexts(rules), records.headerLine)
    const content = contentFor({ message, template, vars: templateVars ?? {}, adapter }, source.file, columns)
    const validator = createRowValidator(rowRules(rules, columns, content, createdAt))
    const verdicts = new StoredVerdicts(pool, campaignId, { file: source.file, columns })
    const rejects = await RejectsFile.create(target, source, columns)
    try {
      for await (const rows of records.rows) {
        signal.throwIfAborted()
        await rejects.add(await verdicts.of(validator.validate(rows)))
      }
      await verdicts.end()
      await assertUnchanged(source)
      await rejects.seal()
      await rejects.publish()
      return { file: rejects.path, rows: rejects.rows, erased: verdicts.erased }
    } finally {
      await verdicts.close()
      await rejects.discard()
    }
  } finally {
    await records.close()
  }
}

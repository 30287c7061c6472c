import type { SettingColumns } from '../campaign-settings/schema.ts'
import { type Copy, copyValue, startCopy } from '../database/copy.ts'
import { insertOf } from '../database/insert.ts'
import type { Sql, Tx } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { COPY_LEADS, importedStatus, insertStagedLeads } from '../lifecycle/imported-leads.ts'
import type { PlacedFish } from './fish.ts'
import type { FileOptions } from './import-options.ts'
import type { Lead, LeadSink } from './lead.ts'
import { REFUSED_BLOCK, SEQ_SQL, type Sequencer, seqOf } from './sequence.ts'

/** The row of a new campaign, without its handle. */
export interface NewCampaign extends SettingColumns {
  id: string
  name: string
  user_id: string
  wallet_id: string
  broker_id: string
  template_id: string | null
  source_file: string
  source_sha256: string
  file_options: FileOptions
  created_at: Date
  updated_at: Date
}

/**
 * Finds the newest campaign of the same file that is not cancelled.
 * @returns its handle
 */
export async function importedBefore(sql: Sql, sha256: string): Promise<string | undefined> {
  const { rows } = await sql.query<{ agendamento_id: string }>(
    `SELECT agendamento_id FROM "Campaign" WHERE source_sha256 = $1 AND status <> 'CANCELLED' ORDER BY created_at DESC LIMIT 1`,
    [sha256],
  )
  return rows[0]?.agendamento_id
}

/**
 * Locks the file's content until the transaction ends, so that it is imported once.
 * @throws CampError STATE: it was imported before, or another process is importing it
 */
export async function claimFile(sql: Sql, file: string, sha256: string): Promise<void> {
  const { rows } = await sql.query<{ free: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free`,
    [`camp import ${sha256}`],
  )
  if (!rows[0]!.free) {
    throw new CampError('FILE_IMPORT_RUNNING', t`${file} is being imported by another process now`, {
      hint: t`See: camp campaign list`,
    })
  }
  const before = await importedBefore(sql, sha256)
  if (before === undefined) return
  throw new CampError('FILE_IMPORTED_BEFORE', t`${file} was imported before, as campaign ${before}`, {
    hint: t`See: camp campaign show ${before}. To import the same file again: --again`,
  })
}

/** @param handles candidates for agendamento_id, tried until one is free @returns the handle used */
export async function insertCampaign(tx: Tx, campaign: NewCampaign, handles: () => string): Promise<string> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const handle = handles()
    const { text, values } = insertOf('Campaign', { ...campaign, agendamento_id: handle })
    const { rowCount } = await tx.query(`${text} ON CONFLICT (agendamento_id) DO NOTHING`, values)
    if (rowCount === 1) return handle
  }
  throw new Error('ten generated ids in a row were already used')
}

/** Writes an import's leads to the table. */
export interface LeadStore extends LeadSink {
  end: () => Promise<void>
  abort: () => Promise<void>
}

/** Copies leads directly into the table and numbers them in the order of arrival. */
export function storeInOrder(tx: Tx, campaignId: string, sequence: Sequencer, nextId: () => string): LeadStore {
  const copy = startCopy(tx, COPY_LEADS)
  return {
    ...copy,
    add: leads => copyLeads(copy, leads, lead => `${campaignId}\t${sequence.next(lead.block)}`, nextId),
  }
}

/**
 * Orders leads by text, for brokers that take one text per request: leads with the same text must be consecutive. They are staged in a
 * temporary table and numbered by one sort in the database.
 */
export async function storeByText(
  tx: Tx,
  campaignId: string,
  sequence: Sequencer,
  nextId: () => string,
): Promise<LeadStore> {
  await tx.query(
    `CREATE TEMP TABLE staged_lead (
       block int, id uuid, source_line int, phone text, nome text, cpf_cnpj text, idcob_contrato text,
       custom_message text COLLATE "C", variables jsonb, status "LeadStatus", error_code text, error_message text
     ) ON COMMIT DROP`,
  )
  const copy = startCopy(tx, `COPY staged_lead FROM STDIN`)
  const tagOf = (lead: Lead) => {
    sequence.next(lead.block)
    return `${lead.block}`
  }
  return {
    ...copy,
    add: leads => copyLeads(copy, leads, tagOf, nextId),
    end: async () => {
      await copy.end()
      await insertStagedLeads(tx, campaignId, SEQ_SQL, REFUSED_BLOCK)
    },
  }
}

/**
 * Adds the fish. Each gets the document, contract, text and variables of a lead: of `model`, or, if leads are ordered by text, of the
 * lead before it (or its block's first), so that both are in one batch.
 * @param model the seq of the first lead to send
 */
export async function insertFish(
  tx: Tx,
  campaignId: string,
  fish: readonly PlacedFish[],
  { model, byText, counts }: { model: number; byText: boolean; counts: readonly number[] },
  nextId: () => string,
): Promise<void> {
  const modelOf = ({ block, after }: PlacedFish) =>
    byText && counts[block]! > 0 ? seqOf(block, Math.min(Math.max(after, 1), counts[block]!)) : model
  await tx.query(
    `INSERT INTO "CampaignLead" (campaign_id, is_fish, id, seq, phone, nome, cpf_cnpj, idcob_contrato, custom_message, variables)
     SELECT $1, true, f.id, f.seq, f.phone, f.nome, l.cpf_cnpj, l.idcob_contrato, l.custom_message, l.variables
     FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::int[]) AS f(id, seq, phone, nome, model)
     JOIN "CampaignLead" l ON l.campaign_id = $1 AND l.seq = f.model`,
    [
      campaignId,
      fish.map(nextId),
      fish.map(one => one.seq),
      fish.map(one => one.phone),
      fish.map(one => one.name),
      fish.map(modelOf),
    ],
  )
}

export async function completeCampaign(
  tx: Tx,
  id: string,
  { rows, leads, fish }: { rows: number; leads: number; fish: number },
): Promise<void> {
  await tx.query(`UPDATE "Campaign" SET rows = $2, lead_count = $3, fish = $4 WHERE id = $1`, [id, rows, leads, fish])
}

async function copyLeads(
  copy: Copy,
  leads: readonly Lead[],
  tagOf: (lead: Lead) => string,
  nextId: () => string,
): Promise<void> {
  let lines = ''
  for (const lead of leads) {
    const { refusal } = lead
    // A valid phone and a document are letters and digits: they need no escaping.
    const phone = refusal ? copyValue(lead.phone) : lead.phone
    const document = lead.cpf_cnpj ?? '\\N'
    lines += `${tagOf(lead)}\t${nextId()}\t${lead.row.line}\t${phone}\t${copyValue(lead.nome)}\t${document}\t`
    lines += `${copyValue(lead.idcob_contrato)}\t${copyValue(lead.custom_message)}\t${copyValue(lead.variables)}\t`
    lines += `${importedStatus(refusal)}\n`
  }
  if (lines !== '') await copy.write(lines)
}

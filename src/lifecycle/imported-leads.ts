import { copyValue } from '../database/copy.ts'
import type { Tx } from '../database/pool.ts'
import type { ImportCode } from './refusal-codes.ts'

/** The statements that insert leads: PENDING, or ERROR with the code of the import's refusal. */

/** The import's columns, followed by those of `importedStatus`. */
export const COPY_LEADS = `COPY "CampaignLead" (campaign_id, seq, id, source_line, phone, nome, cpf_cnpj, idcob_contrato, custom_message,
                      variables, status, error_code, error_message) FROM STDIN`

/** @returns the columns status, error_code and error_message of a row that is copied */
export function importedStatus(refusal: { code: ImportCode; detail: string } | null): string {
  return refusal ? `ERROR\t${refusal.code}\t${copyValue(refusal.detail)}` : 'PENDING\t\\N\t\\N'
}

/**
 * Moves the rows that were copied to staged_lead into the table, numbered by one sort.
 * @param seq the expression of seq, of `block` and `n`
 * @param refusedBlock the first block that is not ordered by text
 */
export async function insertStagedLeads(tx: Tx, campaignId: string, seq: string, refusedBlock: number): Promise<void> {
  await tx.query(
    `INSERT INTO "CampaignLead" (campaign_id, seq, id, source_line, phone, nome, cpf_cnpj, idcob_contrato, custom_message,
                                 variables, status, error_code, error_message)
     SELECT $1, ${seq}, id, source_line, phone, nome, cpf_cnpj, idcob_contrato, custom_message,
            variables, status, error_code, error_message
     FROM (SELECT *, row_number() OVER (
             PARTITION BY block ORDER BY CASE WHEN block < $2 THEN custom_message END, source_line, id)::int AS n
           FROM staged_lead) numbered`,
    [campaignId, refusedBlock],
  )
}

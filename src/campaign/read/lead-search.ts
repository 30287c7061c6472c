import type { Sql } from '../../database/pool.ts'
import type { ImportCode } from '../../lifecycle/refusal-codes.ts'
import { parseDocument } from '../../recipient/document.ts'
import { canonicalPhone } from '../../recipient/phone.ts'

/** One reading of the value, and the number of leads that it matched. */
export interface Match {
  as: 'phone' | 'document' | 'contract'
  /** In its canonical spelling. */
  value: string
  leads: number
}

export interface Found {
  leadIds: string[]
  /** One for each reading of the value, including those that matched nothing. */
  matches: Match[]
}

const UNREAD_DOCUMENT: ImportCode = 'INVALID_DOCUMENT'

/**
 * Finds leads by a phone in any spelling, a CPF or CNPJ, a contract, or by the original text that a file had in one of these
 * columns. Eleven digits may be a mobile phone or a CPF: each reading is tried. Phones are found by their index; documents and
 * contracts by one scan of the table.
 */
export async function findLeads(sql: Sql, text: string): Promise<Found> {
  const written = text.trim()
  const phone = canonicalPhone(written).phone ?? written
  const document = parseDocument(written).document ?? written
  const phones = await sql.query<{ id: string }>(
    `SELECT id FROM "CampaignLead" WHERE phone = ANY($1) AND erased_at IS NULL`,
    [[...new Set([phone, written])]],
  )
  const byPhone = phones.rows.map(row => row.id)
  // A refused document stands in the reason alone.
  const { rows } = await sql.query<{ id: string; document: boolean }>(
    `SELECT id, document FROM (
       SELECT id, idcob_contrato = $2 AS contract,
              coalesce(cpf_cnpj = ANY($1), false) OR (error_code = $4 AND starts_with(error_message, $3)) AS document
       FROM "CampaignLead"
     ) l WHERE document OR contract`,
    [[...new Set([document, written])], written, `"${written}": `, UNREAD_DOCUMENT],
  )
  const matches: Match[] = [
    { as: 'phone', value: phone, leads: byPhone.length },
    { as: 'document', value: document, leads: rows.filter(row => row.document).length },
    { as: 'contract', value: written, leads: rows.filter(row => !row.document).length },
  ]
  return { leadIds: [...new Set([...byPhone, ...rows.map(row => row.id)])], matches }
}

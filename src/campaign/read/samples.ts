import type { Sql } from '../../database/pool.ts'
import type { LeadStatus } from '../../lifecycle/lead-status.ts'
import { leadText, type TextColumns } from './lead-text.ts'

/** The message of one lead as it would be sent. */
export interface Sample {
  line: number | null
  phone: string
  nome: string | null
  /** null if the broker takes no text, or a column that the text needs is empty: `missing` names it. */
  text: string | null
  missing: string | null
}

/** The first leads that are still to be sent, in the order of the file. */
export async function samplesOf(sql: Sql, campaignId: string, most: number): Promise<Sample[]> {
  const { rows } = await sql.query<TextColumns & { source_line: number | null }>(
    `SELECT l.source_line, l.phone, l.nome, l.cpf_cnpj, l.idcob_contrato, l.variables, l.custom_message, c.base_message,
            c.template_vars, t.content AS template
     FROM "CampaignLead" l
     JOIN "Campaign" c ON c.id = l.campaign_id
     LEFT JOIN "Template" t ON t.id = c.template_id
     WHERE l.campaign_id = $1 AND l.status = $2::"LeadStatus" AND NOT l.is_fish
     ORDER BY l.source_line, l.seq LIMIT $3`,
    [campaignId, 'PENDING' satisfies LeadStatus, most],
  )
  return rows.map(row => {
    const { text = null, missing = null } = leadText(row)
    return { line: row.source_line, phone: row.phone, nome: row.nome, text, missing }
  })
}

/** A row of the file that the import refused, or a lead that failed. */
export interface RefusedRow {
  line: number | null
  phone: string
  code: string
  detail: string | null
}

/** By reason, and within a reason in the order of the file. */
export async function refusedRows(sql: Sql, campaignId: string, most: number): Promise<RefusedRow[]> {
  const { rows } = await sql.query<RefusedRow>(
    `SELECT source_line AS line, phone, coalesce(error_code, 'UNKNOWN') AS code, error_message AS detail
     FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'ERROR' ORDER BY error_code, source_line, seq LIMIT $2`,
    [campaignId, most],
  )
  return rows
}

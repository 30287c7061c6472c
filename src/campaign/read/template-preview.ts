import { z } from 'zod'
import type { Sql } from '../../database/pool.ts'
import { fillTemplate, type LeadColumns, templateVariables } from '../../message/template.ts'

/** A template filled in for one recipient. */
export interface TemplatePreview {
  /** The campaign's handle. */
  campaign: string
  phone: string
  /** null if a variable is empty: `missing` names its column, and the recipient is not sent to. */
  text: string | null
  missing: string | null
}

export interface PreviewChoice {
  /** The campaign's id; undefined: the last campaign that uses the template. */
  campaignId?: string | undefined
  /** undefined: the first lead that is not ERROR. */
  phone?: string | undefined
}

/** @returns null if no campaign uses the template, or it has no such lead */
export async function previewTemplate(
  sql: Sql,
  template: { id: string; content: string },
  { campaignId, phone }: PreviewChoice,
): Promise<TemplatePreview | null> {
  const { rows } = await sql.query<LeadColumns & { campaign: string; template_vars: unknown }>(
    `SELECT c.agendamento_id AS campaign, c.template_vars, l.phone, l.nome, l.cpf_cnpj, l.idcob_contrato, l.variables
     FROM "Campaign" c
     JOIN LATERAL (
       SELECT * FROM "CampaignLead"
       WHERE campaign_id = c.id AND NOT is_fish AND ($3::text IS NULL OR phone = $3)
       ORDER BY status = 'ERROR', seq LIMIT 1
     ) l ON true
     WHERE c.template_id = $1 AND ($2::uuid IS NULL OR c.id = $2)
     ORDER BY c.created_at DESC LIMIT 1`,
    [template.id, campaignId ?? null, phone ?? null],
  )
  const row = rows[0]
  if (!row) return null
  const vars = z.record(z.string(), z.string()).parse(row.template_vars ?? {})
  const { values, missing } = templateVariables(vars, row)
  return {
    campaign: row.campaign,
    phone: row.phone,
    text: values ? fillTemplate(template.content, values) : null,
    missing: missing ?? null,
  }
}

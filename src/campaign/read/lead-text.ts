import { z } from 'zod'
import { compileText, fillTemplate, type LeadColumns, templateVariables } from '../../message/template.ts'

/** The columns of a lead and its campaign that make its text. */
export interface TextColumns extends LeadColumns {
  custom_message: string | null
  base_message: string | null
  /** The template's content. */
  template: string | null
  template_vars: unknown
}

/** The text that a recipient reads, or the column that it needs and that is empty; neither if the broker takes no text. */
export function leadText(lead: TextColumns): { text?: string | undefined; missing?: string | undefined } {
  if (lead.custom_message !== null) return { text: lead.custom_message }
  if (lead.base_message !== null) return compileText(lead.base_message).render(lead)
  if (lead.template === null) return {}
  const vars = z.record(z.string(), z.string()).parse(lead.template_vars ?? {})
  const { values, missing } = templateVariables(vars, lead)
  return values ? { text: fillTemplate(lead.template, values) } : { missing }
}

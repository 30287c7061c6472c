import { z } from 'zod'
import type { Message, Outcome } from '../../broker/port.ts'
import type { RefusalCode } from '../../lifecycle/refusal-codes.ts'
import { compileText, templateVariables } from '../../message/template.ts'
import type { ClaimedBatch } from '../model/claimed-batch.ts'

const MISSING: RefusalCode = 'MISSING_VARIABLE'

export type Rendered = { message: Message; outcome?: undefined } | { message?: undefined; outcome: Outcome }

/** The import checked that no value is missing. A lead that was changed in the database since is refused here, alone. */
export function renderLeads({ campaign, leads }: ClaimedBatch): Rendered[] {
  const base = campaign.baseMessage === null ? undefined : compileText(campaign.baseMessage)
  const vars = z.record(z.string(), z.string()).nullable().parse(campaign.templateVars)
  return leads.map(lead => {
    const text = lead.custom_message === null ? base?.render(lead) : { text: lead.custom_message }
    const variables = vars ? templateVariables(vars, lead) : { values: {} }
    const missing = text?.missing ?? variables.missing
    if (missing !== undefined) {
      return { outcome: { kind: 'REJECTED', code: MISSING, detail: `column ${missing} is empty` } }
    }
    const { phone, nome, cpf_cnpj, idcob_contrato } = lead
    return {
      message: {
        leadId: lead.id,
        phone,
        nome,
        cpf_cnpj,
        idcob_contrato,
        text: text?.text ?? null,
        variables: variables.values ?? {},
        columns: lead.variables ?? {},
        doubtfulBefore: lead.doubtful_before,
      },
    }
  })
}

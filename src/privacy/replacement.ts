/** The phone of a lead whose personal data was replaced: no number, so that it is never sent to. */
const ERASED_PHONE = 'erased'

/** SQL: what an UPDATE of "CampaignLead" sets to replace the personal data. A broker's texts and ids may contain it. */
export const ERASED_COLUMNS = `phone = '${ERASED_PHONE}', nome = NULL, cpf_cnpj = NULL, idcob_contrato = NULL, custom_message = NULL,
       variables = NULL, provider_msg_id = NULL, error_message = NULL`

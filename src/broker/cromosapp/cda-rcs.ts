import { plainDocument } from '../wire-format.ts'
import { cromosApp } from './adapter.ts'

/**
 * CDA RCS (docs/wire/cromosapp.md#rows-of-cda_rcs): CromosApp's RCS. Each row has every column, empty if there is no value:
 * name (TAG1), contract (TAG2), document (TAG3), and our keys of the message (TAG4) and of the request, by which a person or a
 * report can find them at CromosApp.
 */
export const cdaRcs = cromosApp({
  name: 'CDA_RCS',
  url: 'https://cromosapp.com.br/api/importarcs/importarRcsCampanhaAPI',
  texts: {},
  rowOf: ({ leadId, phone, nome, cpf_cnpj, idcob_contrato }) => [
    '1',
    phone,
    nome ?? '',
    idcob_contrato ?? '',
    plainDocument(cpf_cnpj),
    leadId,
  ],
  keysOf: ({ name }) => ({ codigo_externo: name, tag_codigo_externo_mensagem: 'TAG4' }),
})

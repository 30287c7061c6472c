import { plainDocument, WHATSAPP_TEXTS } from '../wire-format.ts'
import { cromosApp } from './adapter.ts'

/** CDA (docs/wire/cromosapp.md#rows-of-cda): CromosApp's WhatsApp. */
export const cda = cromosApp({
  name: 'CDA',
  url: 'https://cromosapp.com.br/api/importar/campanha',
  texts: WHATSAPP_TEXTS,
  rowOf({ phone, nome, cpf_cnpj }, team) {
    const document = plainDocument(cpf_cnpj)
    return [team, phone, nome ?? '', document, document.slice(-2)]
  },
})

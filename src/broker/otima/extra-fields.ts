import type { Message, SendRequest } from '../port.ts'
import { plainDocument } from '../wire-format.ts'

/**
 * The `extra_fields` of a message, which the vendor's reply bot reads (docs/wire/otima.md#extra-fields): name, wallet and contract,
 * and what the credential says. `cpf`: the document in the four forms that bots compare with what a person types, and no
 * other column of the file: a broker needs none of them (LGPD). `all`: these and every column. `none`: nothing more. Else these and the
 * columns that it names.
 */
export function extraFieldsOf(
  { nome, cpf_cnpj, idcob_contrato, columns }: Message,
  { wallet }: Pick<SendRequest, 'wallet'>,
  setting: string,
): Record<string, string | number> {
  return {
    ...chosen(columns, setting),
    ...(setting !== 'none' && formsOf(plainDocument(cpf_cnpj))),
    ...(nome !== null && { nome }),
    id_carteira: wallet.idgisAmbiente,
    ...(idcob_contrato !== null && { idcob_contrato: numberOr(idcob_contrato) }),
  }
}

/** camp's own fields win over a column of the same name. */
function chosen(columns: Message['columns'], setting: string): Record<string, string> {
  if (setting === 'all') return columns
  if (setting === 'cpf' || setting === 'none') return {}
  const wanted = new Set(setting.split(',').map(name => name.trim().toLowerCase()))
  return Object.fromEntries(Object.entries(columns).filter(([name]) => wanted.has(name.trim().toLowerCase())))
}

const CPF = /^(\d{3})(\d{3})(\d{3})(\d{2})$/

/** Of a CPF alone. A CNPJ has no such forms in any code that was seen; it is sent as the message's document only. */
function formsOf(document: string): Record<string, string> {
  const [, first, second, third, check] = CPF.exec(document) ?? []
  if (first === undefined) return {}
  return {
    CPF_PADRAO: `${first}.${second}.${third}-${check}`,
    CPF_ESPACO: `${first} ${second} ${third} ${check}`,
    CPF_3_PRIM: first,
    CPF_3_ULT: document.slice(-3),
  }
}

/** A contract is sent as a number if that keeps every digit: not 007, nor a value that a double cannot hold. */
function numberOr(text: string): number | string {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : text
}

import { z } from 'zod'
import { t } from '../../language/text.ts'
import { plainName } from '../../recipient/field-names.ts'
import type { Message } from '../port.ts'
import { plainDocument } from '../wire-format.ts'
import type { SalesforceCredential } from './credential.ts'

/** The fields of the one customer whose org is known (docs/wire/salesforce.md#import). */
export const FIELD_DEFAULTS = {
  field_phone: 'MobilePhone',
  field_name: 'LastName',
  field_document: 'CPF_CNPJ__c',
  field_operation: 'Operacao__c',
  field_flag: 'disparo__c',
} as const

/** Of an object or a field: a letter, then letters, digits and single underscores, with a namespace (Ns__) and an ending (__c). */
const API_NAME = /^(?:[A-Za-z](?:_?[A-Za-z0-9])*__)?[A-Za-z](?:_?[A-Za-z0-9])*(?:__(?:c|pc))?$/

/** Names that mean something else in a record of the request. */
const RESERVED = ['attributes', 'id']

export const apiName = z
  .string()
  .trim()
  .max(80)
  .refine(name => API_NAME.test(name) && !RESERVED.includes(name.toLowerCase()), {
    error: () => t`must be an API name, like Telefone__c`,
  })

/** A further field, and the column of the file that fills it. */
interface ExtraField {
  field: string
  column: string
}

/** "Valor__c=valor,Vencimento__c=vencimento" → its fields, in order. */
export const extraFields = z.string().transform((text, context): ExtraField[] =>
  text.split(',').map(pair => {
    const [field = '', ...rest] = pair.split('=')
    const column = rest.join('=').trim()
    const name = apiName.safeParse(field)
    if (!name.success || column === '') {
      context.addIssue({
        code: 'custom',
        message: t`"${pair.trim()}" is not of the form Field__c=column`,
      })
      return z.NEVER
    }
    return { field: name.data, column }
  }),
)

type Fields = Pick<SalesforceCredential, FieldKey | 'extra_fields'>
const FIELD_KEYS = [
  ...(Object.keys(FIELD_DEFAULTS) as (keyof typeof FIELD_DEFAULTS)[]),
  'field_contract',
  'external_id_field',
] as const
type FieldKey = (typeof FIELD_KEYS)[number]

/** The first field that two keys name: a record has each field once. Salesforce compares names without case. */
export function sameField(fields: Fields): { key: string; field: string; other: string } | undefined {
  const named = [
    ...FIELD_KEYS.map(key => ({ key: key as string, field: fields[key] })),
    ...(fields.extra_fields ?? []).map(({ field }) => ({ key: 'extra_fields', field })),
  ]
  const first = new Map<string, string>()
  for (const { key, field } of named) {
    if (field === undefined) continue
    const other = first.get(field.toLowerCase())
    if (other !== undefined) return { key, field, other }
    first.set(field.toLowerCase(), key)
  }
  return undefined
}

/**
 * A message as a record of the request. A field without a value (a lead without a contract, an empty column) is left out: Salesforce
 * then writes nothing to it.
 */
export function recordOf(message: Message, credential: SalesforceCredential): Record<string, unknown> {
  const { external_id_field, field_contract, extra_fields = [] } = credential
  const contract = message.idcob_contrato?.trim()
  return {
    attributes: { type: credential.object },
    [credential.field_phone]: message.phone,
    [credential.field_name]: message.nome?.trim(),
    [credential.field_document]: plainDocument(message.cpf_cnpj),
    [credential.field_operation]: credential.operacao,
    [credential.field_flag]: flagOf(credential),
    ...(field_contract !== undefined && contract && { [field_contract]: contract }),
    ...Object.fromEntries(
      extra_fields.flatMap(({ field, column }) => {
        const value = columnOf(message, column)
        return value ? [[field, value]] : []
      }),
    ),
    ...(external_id_field !== undefined && { [external_id_field]: message.leadId }),
  }
}

function flagOf({ flag_value }: Pick<SalesforceCredential, 'flag_value'>): string | boolean {
  return flag_value === 'true' ? true : flag_value === 'false' ? false : flag_value
}

/** The value of a column of the file, named as in its header. */
function columnOf({ columns }: Message, column: string): string | undefined {
  const wanted = plainName(column)
  const [, value] = Object.entries(columns).find(([name]) => plainName(name) === wanted) ?? []
  return value?.trim()
}

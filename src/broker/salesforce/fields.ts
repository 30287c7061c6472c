import { z } from 'zod'
import { t } from '../../language/text.ts'
import { plainName } from '../../recipient/field-names.ts'
import { filled } from '../credential-fields.ts'
import type { Message } from '../port.ts'
import { plainDocument } from '../wire-format.ts'

/** The fields of the one customer whose org is known (docs/wire/salesforce.md#import). */
const FIELD_DEFAULTS = {
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

const apiName = z
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
const extraFields = z.string().transform((text, context): ExtraField[] =>
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

/** Keys of the credential for what a record holds. */
export const fieldKeys = {
  operacao: filled,
  object: apiName.default('Contact'),
  field_phone: apiName.default(FIELD_DEFAULTS.field_phone),
  field_name: apiName.default(FIELD_DEFAULTS.field_name),
  field_document: apiName.default(FIELD_DEFAULTS.field_document),
  field_operation: apiName.default(FIELD_DEFAULTS.field_operation),
  field_flag: apiName.default(FIELD_DEFAULTS.field_flag),
  /** What the automation selects: "true" and "false" are a checkbox's. */
  flag_value: z.union([z.boolean(), filled]).default('true'),
  /** Receives idcob_contrato; absent: it does not reach Salesforce. */
  field_contract: apiName.optional(),
  /** Columns of the file for further fields: Valor__c=valor,Vencimento__c=vencimento. */
  extra_fields: extraFields.optional(),
  /** A custom external-id field: with it contacts are upserted under our own key (docs/wire/salesforce.md#upsert). */
  external_id_field: z
    .string()
    .regex(/^[A-Za-z]\w*__c$/, { error: () => t`must be a custom field, like Chave__c` })
    .optional(),
}

type FieldKeys = z.infer<z.ZodObject<typeof fieldKeys>>

const FIELD_KEYS = [
  ...(Object.keys(FIELD_DEFAULTS) as (keyof typeof FIELD_DEFAULTS)[]),
  'field_contract',
  'external_id_field',
] as const

/** The first field that two keys name: a record has each field once. Salesforce compares names without case. */
export function sameField(fields: FieldKeys): { key: string; field: string; other: string } | undefined {
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
export function recordOf(message: Message, credential: FieldKeys): Record<string, unknown> {
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

function flagOf({ flag_value }: Pick<FieldKeys, 'flag_value'>): string | boolean {
  return flag_value === 'true' ? true : flag_value === 'false' ? false : flag_value
}

/** The value of a column of the file, named as in its header. */
function columnOf({ columns }: Message, column: string): string | undefined {
  const wanted = plainName(column)
  const [, value] = Object.entries(columns).find(([name]) => plainName(name) === wanted) ?? []
  return value?.trim()
}

import { z } from 'zod'
import { t } from '../../language/text.ts'
import { count, filled, httpUrl } from '../credential-fields.ts'

const MINUTES_A_DAY = 24 * 60

/**
 * A wallet's credential at Salesforce: the CRM that receives the contacts (core), and the Marketing Cloud automation that
 * writes to them (mc_).
 */
export const credential = z.strictObject({
  token_url: httpUrl,
  client_id: filled,
  client_secret: filled,
  username: filled,
  /** Followed by the user's security token (docs/wire/salesforce.md#core-token). */
  password: filled,
  operacao: filled,
  automation_id: filled,
  mc_token_url: httpUrl,
  mc_client_id: filled,
  mc_client_secret: filled,
  mc_api_url: httpUrl,
  /** Replaces the instance_url that comes with each token. */
  url: httpUrl.optional(),
  api_version: z
    .string()
    .regex(/^v\d{1,3}\.\d$/, { error: () => t`must look like v59.0` })
    .default('v59.0'),
  /** A custom external-id field of Contact: with it contacts are upserted under our own key (docs/wire/salesforce.md#upsert). */
  external_id_field: z
    .string()
    .regex(/^[A-Za-z]\w*__c$/, { error: () => t`must be a custom field, like Chave__c` })
    .optional(),
  /** From the last import to the run: 15 to 20 minutes in practice (docs/wire/salesforce.md#assumptions). */
  closing_delay_minutes: count(MINUTES_A_DAY).default(15),
  ens_signature_key: filled.optional(),
})

export type SalesforceCredential = z.infer<typeof credential>

export const SECRETS = ['client_secret', 'password', 'mc_client_secret', 'ens_signature_key'] as const

/**
 * Values that must not be kept from an answer: the credential's secrets, raw and form-encoded.
 * @param token the token of the request
 */
export function secretsOf(credential: SalesforceCredential, token?: string): string[] {
  const values = [...SECRETS.map(key => credential[key]), token].filter(value => value !== undefined)
  return values.flatMap(value => [value, new URLSearchParams([['', value]]).toString().slice(1)])
}

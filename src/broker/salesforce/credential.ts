import { z } from 'zod'
import { t } from '../../language/text.ts'
import { count, filled, httpUrl } from '../credential-fields.ts'
import { fieldKeys, sameField } from './fields.ts'
import { checkLogin, loginKeys } from './login.ts'

const MINUTES_A_DAY = 24 * 60

/**
 * A wallet's credential at Salesforce: the CRM that receives the contacts (core), and the Marketing Cloud automation that
 * writes to them (mc_). Object and fields are the org's own: the defaults are those of one customer.
 */
export const credential = z
  .strictObject({
    ...loginKeys,
    automation_id: filled,
    mc_token_url: httpUrl,
    mc_client_id: filled,
    mc_client_secret: filled,
    mc_api_url: httpUrl,
    /** The business unit (MID) whose automations the token sees; absent: the one in which the package was made. */
    mc_account_id: z.coerce
      .string()
      .regex(/^\d{1,20}$/, { error: () => t`must be the number of a business unit (MID)` })
      .optional(),
    /** Replaces the instance_url that comes with each token. */
    url: httpUrl.optional(),
    api_version: z
      .string()
      .regex(/^v\d{1,3}\.\d$/, { error: () => t`must look like v59.0` })
      .default('v59.0'),
    ...fieldKeys,
    /** Whether a record that a duplicate rule of the org reports is saved anyway (docs/wire/salesforce.md#import). */
    duplicates: z.enum(['refuse', 'save']).default('refuse'),
    /** From the last import to the run: 15 to 20 minutes in practice (docs/wire/salesforce.md#assumptions). */
    closing_delay_minutes: count(MINUTES_A_DAY).default(15),
    ens_signature_key: filled.optional(),
  })
  .superRefine((given, context) => {
    checkLogin(given, context)
    const twice = sameField(given)
    if (twice === undefined) return
    context.addIssue({
      code: 'custom',
      message: t`${twice.other} and ${twice.key} name the same field, ${twice.field}`,
    })
  })

export type SalesforceCredential = z.infer<typeof credential>

export const SECRETS = ['client_secret', 'password', 'private_key', 'mc_client_secret', 'ens_signature_key'] as const

/**
 * Values that must not be kept from an answer: the credential's secrets, raw and form-encoded.
 * @param token the token of the request, or the assertion that a token was asked for with
 */
export function secretsOf(credential: SalesforceCredential, token?: string): string[] {
  const values = [...SECRETS.map(key => credential[key]), token].filter(value => value !== undefined)
  return values.flatMap(value => [value, new URLSearchParams([['', value]]).toString().slice(1)])
}

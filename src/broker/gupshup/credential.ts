import { z } from 'zod'
import { t } from '../../language/text.ts'
import { filled, headerText, httpUrl } from '../credential-fields.ts'

export const gupshupCredential = z.strictObject({
  api_key: headerText,
  /** The sender's number with country code. */
  source: filled.regex(/^\+?[\d\s().-]{8,25}$/, { error: () => t`must be a phone number with its country code` }),
  /** The app that the number belongs to. */
  app_name: filled,
  /** The full endpoint. */
  url: httpUrl.default('https://api.gupshup.io/wa/api/v1/template/msg'),
})

export type GupshupCredential = z.infer<typeof gupshupCredential>

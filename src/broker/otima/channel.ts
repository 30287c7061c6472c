import { z } from 'zod'
import type { TextRules } from '../../message/text-rules.ts'
import { filled, headerText, httpUrl } from '../credential-fields.ts'
import { WHATSAPP_TEMPLATES } from '../wire-format.ts'

/** Differences between WhatsApp and RCS at Ótima (docs/wire/otima.md#channels); the rest of the API is the same. */
export interface Channel {
  name: 'OTIMA_WPP' | 'OTIMA_RCS'
  sendPath: string
  /** Lists the sender's lines: the cheapest read. */
  linesPath: string
  recipientField: 'whatsapp' | 'phone'
  /** Default, if the credential does not set it. [assumption, docs/wire/otima.md#channels] */
  phoneFormat: PhoneFormat
  texts: TextRules
  /** The name of a template's variable on the wire. */
  variableKey: (name: string) => string
}

type PhoneFormat = 'national' | 'international'

export const WHATSAPP: Channel = {
  name: 'OTIMA_WPP',
  sendPath: 'v1/whatsapp/bulk/message/hsm',
  linesPath: 'v1/whatsapp/credential',
  recipientField: 'whatsapp',
  phoneFormat: 'national',
  texts: WHATSAPP_TEMPLATES,
  // As the template's listing shows it. [assumption, docs/wire/otima.md#channels]
  variableKey: name => name,
}

export const RCS: Channel = {
  name: 'OTIMA_RCS',
  sendPath: 'v1/rcs/bulk/message/template',
  linesPath: 'v1/rcs/credential',
  recipientField: 'phone',
  phoneFormat: 'international',
  texts: {},
  // Without hyphens the recipient would see the placeholder.
  variableKey: name => (/^-.+-$/.test(name) ? name : `-${name}-`),
}

/** One for each channel: their tokens differ. */
export const otimaCredential = z.strictObject({
  token: headerText,
  /** The code of the sender's line, not the credential's name. */
  broker_code: filled,
  customer_code: filled,
  url: httpUrl.default('https://services.otima.digital'),
  phone_format: z.enum(['national', 'international']).optional(),
  /** What a reply bot gets of each person (extra-fields.ts): cpf, all, none, or columns of the file, with commas. */
  extra_fields: filled.default('cpf'),
})

export type OtimaCredential = z.infer<typeof otimaCredential>

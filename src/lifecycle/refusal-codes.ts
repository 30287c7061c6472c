/** Why a row of the file is not sent: its lead's error_code. All are refusals of the row itself, whoever the broker. */
export const REFUSAL_CODES = [
  'BAD_ROW',
  'INVALID_PHONE',
  'MISSING_DOCUMENT',
  'INVALID_DOCUMENT',
  'STALE',
  'BAD_ENCODING',
  'BROKEN_VALUE',
  'MISSING_VARIABLE',
  'BAD_TEXT',
  'DUPLICATE',
  'BLOCKLISTED',
] as const

export type RefusalCode = (typeof REFUSAL_CODES)[number]

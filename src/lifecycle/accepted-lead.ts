import type { LeadErrorCode, RefusalCode } from './refusal-codes.ts'

/**
 * Whether the broker took a lead's message, or may have. sent_at is kept of a message in doubt that was then found not sent, or was to
 * be sent again and could not be: these codes say so.
 */
const NOT_TAKEN_CODES = [
  'NOT_SENT',
  'CANCELLED',
  'FREQUENCY_CAP',
  'BLOCKLISTED',
] as const satisfies readonly RefusalCode[]

/** Of a lead that is ERROR: whether it failed after the broker had taken it. ACCEPTED_LEAD says the same in SQL. */
export function failedAfterAcceptance({
  sent_at,
  error_code,
}: {
  sent_at: Date | null
  error_code: LeadErrorCode | null
}): boolean {
  return sent_at !== null && !(NOT_TAKEN_CODES as readonly (string | null)[]).includes(error_code)
}

/** Whether the broker took a lead's message, as a condition on "CampaignLead". */
export const ACCEPTED_LEAD = `(status IN ('SENT', 'DELIVERED', 'READ')
  OR (status = 'ERROR' AND sent_at IS NOT NULL
      AND coalesce(error_code, '') NOT IN (${NOT_TAKEN_CODES.map(code => `'${code}'`).join(', ')})))`

import type { LeadErrorCode, RefusalCode } from './refusal-codes.ts'

/**
 * Codes of leads whose message the broker did not take although sent_at is set. It is kept for a message in doubt that was then
 * found not sent, or that was to be sent again and could not be.
 */
const NOT_TAKEN_CODES = [
  'NOT_SENT',
  'CANCELLED',
  'FREQUENCY_CAP',
  'BLOCKLISTED',
] as const satisfies readonly RefusalCode[]

/** Of a lead that is ERROR: whether it failed after the broker had taken it. ACCEPTED_LEAD contains the same condition in SQL. */
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

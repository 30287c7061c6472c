import { createHash } from 'node:crypto'

/**
 * One hash over the recipients of a request, for the record of attempts: if a phone is changed afterwards, the hash no longer
 * matches (src/budget/reconcile-recipients.ts computes it again, in SQL).
 * @param leads ascending by seq
 * @returns hexadecimal
 */
export function recipientsHash(leads: readonly { seq: number; phone: string }[]): string {
  return createHash('sha256')
    .update(leads.map(({ seq, phone }) => `${seq} ${phone}\n`).join(''))
    .digest('hex')
}

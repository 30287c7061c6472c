import { createHash } from 'node:crypto'

/**
 * One hash over the people that a request went to, for the record of attempts: a phone that is changed afterwards no longer fits
 * (src/budget/reconcile-recipients.ts computes it again, in SQL).
 * @param leads ascending by seq
 * @returns hexadecimal
 */
export function recipientsHash(leads: readonly { seq: number; phone: string }[]): string {
  return createHash('sha256')
    .update(leads.map(({ seq, phone }) => `${seq} ${phone}\n`).join(''))
    .digest('hex')
}

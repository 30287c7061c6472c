/** Two figures or records that must agree and do not. */
export interface Difference {
  check: keyof typeof ADVICE
  where: string
  expected: string
  found: string
}

/** What to compare for each check, printed with the difference. */
export const ADVICE = {
  LEDGER: 'compare with camp budget ledger',
  BATCH: 'compare with camp budget ledger',
  LEADS: 'compare with camp campaign leads',
  STATUS: 'compare with camp campaign explain PHONE, and with what the broker bills',
  HISTORY: 'compare with camp campaign explain PHONE, and with the broker',
  RECIPIENTS: 'compare with the file that was imported, and with the broker by the request of that name',
  COUNTERS: 'compare with camp campaign report',
  PRICE: 'compare with the approvals: camp campaign explain',
  PAYER: 'compare with camp budget ledger of both',
  MONTH: 'compare with camp budget ledger of both months',
  ENTRY: 'every entry that a command writes has a batch: find out who wrote this one',
  LIMIT: 'ask the ADMINs; camp budget set states the right limit again',
  APPROVAL: 'pause the campaign, and ask who is named',
} as const

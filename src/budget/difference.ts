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
  STATUS: 'compare with camp campaign explain PHONE, and with the bill of the broker',
  HISTORY: 'compare with camp campaign explain PHONE, and with the broker',
  RECIPIENTS: 'compare with the file that was imported, and with the request of that name at the broker',
  ERASURE: 'camp data erase and camp prune record what they erase: find out who changed these leads',
  COUNTERS: 'compare with camp campaign report',
  PRICE: 'compare with the approvals: camp campaign explain',
  PAYER: 'compare with camp budget ledger of both wallets',
  MONTH: 'compare with camp budget ledger of both months',
  ENTRY: 'every entry that a command writes has a batch, or an audited adjustment: find out who wrote this entry',
  LIMIT: 'ask the ADMINs; set the correct limit with camp budget set',
  APPROVAL: 'pause the campaign, and ask the user it names',
} as const

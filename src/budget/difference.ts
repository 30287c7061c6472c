import { t } from '../language/text.ts'

/** Two figures or records that must agree and do not. */
export interface Difference {
  check: keyof ReturnType<typeof advice>
  where: string
  expected: string
  found: string
}

/** What to compare for each check, printed with the difference. */
export const advice = () => ({
  LEDGER: t`compare with camp budget ledger`,
  BATCH: t`compare with camp budget ledger`,
  LEADS: t`compare with camp campaign leads`,
  STATUS: t`compare with camp campaign explain PHONE, and with the bill of the broker`,
  HISTORY: t`compare with camp campaign explain PHONE, and with the broker`,
  RECIPIENTS: t`compare with the file that was imported, and with the request of that name at the broker`,
  ERASURE: t`camp data erase and camp prune record what they erase: find out who changed these leads`,
  COUNTERS: t`compare with camp campaign report`,
  PRICE: t`compare with the approvals: camp campaign explain`,
  PAYER: t`compare with camp budget ledger of both wallets`,
  MONTH: t`compare with camp budget ledger of both months`,
  ENTRY: t`every entry that a command writes has a batch, or an audited adjustment: find out who wrote this entry`,
  LIMIT: t`ask the ADMINs; set the correct limit with camp budget set`,
  APPROVAL: t`pause the campaign, and ask the user it names`,
})

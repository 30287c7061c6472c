import type { Prisma } from '../database/prisma.ts'
import { CampError, codeOf } from '../errors.ts'
import { t } from '../language/text.ts'
import type { Actor } from '../security/actor.ts'
import { auditRow } from '../security/audit-log.ts'

/** Checks and audit entries of wallets, brokers, templates and fish. */

/** The user who changes a record. */
export type By = Pick<Actor, 'id'>

/**
 * Refuses a name that another record has, ignoring case: references by name ignore case, too.
 * @param refusal the message, of the other record's name
 * @throws CampError NAME_TAKEN
 */
export function assertNameFree(
  name: string,
  others: readonly { name: string }[],
  refusal: (name: string) => string,
): void {
  const same = others.find(other => other.name.toLowerCase() === name.toLowerCase())
  if (same) throw taken(refusal(same.name))
}

/**
 * Runs a write, and reports a violated unique key as NAME_TAKEN: another process may have written the key since the caller
 * checked it.
 * @throws CampError NAME_TAKEN
 */
export async function orTaken<T>(write: Promise<T>, message: string): Promise<T> {
  try {
    return await write
  } catch (error) {
    throw codeOf(error) === 'P2002' ? taken(message) : error
  }
}

export function taken(message: string): CampError {
  return new CampError('NAME_TAKEN', message, { hint: t`Choose another, or change the existing one.` })
}

/**
 * Campaigns are the record of what was sent, so a record that a campaign uses cannot be removed, nor one that a recurring
 * campaign uses.
 * @param what 'wallet "Acme"', for the message
 * @throws CampError RECORD_IN_USE, which names the campaigns
 */
export async function assertUnused(
  { campaign, recurrence }: Pick<Prisma.TransactionClient, 'campaign' | 'recurrence'>,
  what: string,
  where: { wallet_id: string } | { broker_id: string } | { template_id: string },
): Promise<void> {
  const count = await campaign.count({ where })
  const recurring = await recurrence.findFirst({ where, select: { handle: true } })
  if (count === 0 && !recurring) return
  const latest = await campaign.findMany({ where, select: { agendamento_id: true }, orderBy: { id: 'desc' }, take: 3 })
  const names = latest.map(row => row.agendamento_id).join(', ')
  const shown = count > 3 ? `${names}, …` : names
  const message =
    count === 0
      ? t`${what} is used by the recurring campaign ${recurring!.handle}`
      : count === 1
        ? t`${what} is used by 1 campaign (${shown})`
        : t`${what} is used by ${count} campaigns (${shown})`
  throw new CampError('RECORD_IN_USE', message, {
    hint: t`Campaigns, and the records that they use, are kept as proof of what was sent.`,
  })
}

/**
 * A record that is the default of a wallet's imports cannot be removed before the wallet has another default.
 * @param option of `camp wallet set` that changes it
 * @throws CampError RECORD_IN_USE, which names the wallets
 */
export async function assertNoDefault(
  { wallet }: Pick<Prisma.TransactionClient, 'wallet'>,
  what: string,
  option: '--broker' | '--template',
  where: { default_broker_id: string } | { default_template_id: string },
): Promise<void> {
  const [first, ...others] = await wallet.findMany({ where, select: { name: true }, orderBy: { name: 'asc' } })
  if (!first) return
  const names = [first, ...others].map(({ name }) => `"${name}"`).join(', ')
  const message =
    others.length > 0
      ? t`${what} is the default of the wallets ${names}`
      : t`${what} is the default of the wallet ${names}`
  throw new CampError('RECORD_IN_USE', message, {
    hint: t`Remove the default first: camp wallet set "${first.name}" ${option} none`,
  })
}

/** For the audit: the fields of `change`, before and after. */
export function differences(
  before: Readonly<Record<string, unknown>>,
  change: Readonly<Record<string, unknown>>,
): Record<string, { from: string | null; to: string | null }> {
  const text = (value: unknown) => (value == null ? null : String(value))
  return Object.fromEntries(
    Object.entries(change)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, { from: text(before[key]), to: text(value) }]),
  )
}

/** Writes the audit event of a change to a record, in the transaction that makes the change. */
export async function auditRecord(
  tx: Pick<Prisma.TransactionClient, 'auditEvent'>,
  by: By,
  subject: 'Wallet' | 'Broker' | 'Template' | 'Fish',
  what: 'add' | 'set' | 'remove',
  { id, detail }: { id: string; detail: object },
): Promise<void> {
  const action = `${subject.toLowerCase()}.${what}`
  await tx.auditEvent.create({ data: auditRow({ userId: by.id, action, subject, subjectId: id, detail }) })
}

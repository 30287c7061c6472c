import type { Prisma } from '../database/prisma.ts'
import { CampError, codeOf } from '../errors.ts'

/** What the commands on records (wallets, brokers, templates, fish) have in common. */

/** Names that differ only in their case would not be told apart later. @throws CampError STATE */
export function assertNameFree(what: string, name: string, others: readonly { name: string }[]): void {
  const same = others.find(other => other.name.toLowerCase() === name.toLowerCase())
  if (same) throw taken(`there is a ${what} "${same.name}" already`)
}

/** Runs a write whose unique keys were looked at before: another process may have been faster. */
export async function orTaken<T>(write: Promise<T>, message: string): Promise<T> {
  try {
    return await write
  } catch (error) {
    throw codeOf(error) === 'P2002' ? taken(message) : error
  }
}

function taken(message: string): CampError {
  return new CampError('NAME_TAKEN', message, { hint: 'Take another, or change the one that is there.' })
}

/** Campaigns are the record of what was sent: what they use stays, recurring ones too. @throws CampError STATE, naming them */
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
  const campaigns = `${count} campaign${count === 1 ? '' : 's'} (${names}${count > 3 ? ', …' : ''})`
  throw new CampError(
    'RECORD_IN_USE',
    `${what} is used by ${count > 0 ? campaigns : `the recurring campaign ${recurring!.handle}`}`,
    { hint: 'Campaigns are kept as the record of what was sent, and so is what they use.' },
  )
}

/** @throws CampError USAGE when no option says what to change */
export function assertSomething(change: Readonly<Record<string, unknown>>): void {
  if (Object.values(change).some(value => value !== undefined)) return
  throw new CampError('NOTHING_TO_SET', 'there is nothing to set', { hint: 'Add --help for what can be set.' })
}

/** For the audit: each changed field, before and after. */
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

import { addToBlocklist, optedOutAt, UNKNOWN_PERSON } from '../blocklist/blocklist.ts'
import type { Sql, Tx } from '../database/pool.ts'
import { canonicalPhone } from '../recipient/phone.ts'
import { recordAudit } from '../security/audit-log.ts'
import type { InboxEvent } from './waiting.ts'

/** Opt-outs reported by one broker: in answer to our message, or by phone only. */
interface OptOuts {
  broker: string
  brokerId: string
  /** Phones of our leads. */
  phones: string[]
  /** Phones reported without a lead. */
  people: string[]
}

/**
 * Blocks people who opted out, immediately and regardless of their lead's status. A phone that no campaign of the broker has is
 * blocked too: it may be a real person's request. But any caller who knows the callback URL could have sent it. So it gets a
 * source of its own, which can be removed as a whole (`camp blocklist remove --source … --all`), and an audit row.
 */
export async function blockOptOuts(tx: Tx, events: readonly InboxEvent[]): Promise<void> {
  // In a fixed order, so that two transactions that block the same people cannot deadlock.
  const optOuts = [...optOutsOf(events).values()].sort((a, b) => (a.broker < b.broker ? -1 : 1))
  for (const { broker, brokerId, phones, people } of optOuts) {
    const known = await knownPhones(tx, brokerId, people)
    const ours = [...phones, ...known]
    if (ours.length > 0) await addToBlocklist(tx, optedOutAt(broker, ours))
    const unknown = people.filter(phone => !known.has(phone))
    if (unknown.length > 0) await blockUnknown(tx, broker, brokerId, unknown)
  }
}

function optOutsOf(events: readonly InboxEvent[]): Map<string, OptOuts> {
  const found = new Map<string, OptOuts>()
  for (const { event, broker, broker_id: brokerId, lead_phone, phone } of events) {
    if (event !== 'OPT_OUT' || (lead_phone === null && phone === null)) continue
    const optOuts = found.get(brokerId) ?? { broker, brokerId, phones: [], people: [] }
    found.set(brokerId, optOuts)
    if (lead_phone !== null) optOuts.phones.push(lead_phone)
    // A WhatsApp id may lack the ninth digit of the same person's phone.
    else if (phone !== null) optOuts.people.push(canonicalPhone(phone).phone ?? phone)
  }
  return found
}

/** @returns the phones that a campaign of the broker has */
async function knownPhones(sql: Sql, brokerId: string, phones: readonly string[]): Promise<Set<string>> {
  if (phones.length === 0) return new Set()
  const { rows } = await sql.query<{ phone: string }>(
    `SELECT p.phone FROM unnest($1::text[]) AS p(phone)
     WHERE EXISTS (SELECT 1 FROM "CampaignLead" l JOIN "Campaign" c ON c.id = l.campaign_id WHERE l.phone = p.phone AND c.broker_id = $2)`,
    [phones, brokerId],
  )
  return new Set(rows.map(row => row.phone))
}

const NAMED_IN_AUDIT = 100

async function blockUnknown(tx: Tx, broker: string, brokerId: string, phones: readonly string[]): Promise<void> {
  const entries = optedOutAt(broker, phones)
  const source = `${entries.source}${UNKNOWN_PERSON}`
  const added = await addToBlocklist(tx, {
    ...entries,
    reason: 'opted out at the broker; no lead has this phone',
    source,
  })
  if (added === 0) return
  const detail = { source, added, phones: phones.slice(0, NAMED_IN_AUDIT) }
  await recordAudit(tx, { userId: null, action: 'blocklist.optout', subject: 'Broker', subjectId: brokerId, detail })
}

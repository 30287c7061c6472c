import type pg from 'pg'
import { adapterOf } from '../broker/registry.ts'
import { type HolidayTest, OWN_HOLIDAYS_SQL, withOwn } from '../calendar/own.ts'
import { type Sql, transaction } from '../database/pool.ts'
import { type Recipient, releaseContacts, type Sending, takeContacts } from './contacts.ts'
import { failCampaign, finishIfDone } from './finish.ts'
import { closingAfter, type HoursColumns, hoursOf, monthOf, nextWithinHours } from './hours.ts'
import {
  freeSlot,
  giveProbeBack,
  isOpen,
  type Lane,
  lookAgainAt,
  occupySlot,
  takeProbe,
  throttleInterval,
  throttlingOf,
} from './pace.ts'
import { effectiveBatchSize } from './plan.ts'
import { type RampDay, rampToday } from './ramp.ts'
import { reserve, TooLittleBudget } from './reserve.ts'

/**
 * The claim (DESIGN 5): one transaction that makes a batch ours, or leaves everything as it was. Only after its COMMIT may a
 * request start. The order of its locks is the whole system's: batch, slots, contacts, leads, budget, campaign.
 */
export type Claim =
  | { kind: 'CLAIMED'; batch: ClaimedBatch }
  /** Not now: outside the hours, no free slot, or the broker asked to wait. The batch is to be rung again as said. */
  | {
      kind: 'WAIT'
      until: Date
      why: 'HOURS' | 'PACE' | 'BROKER'
      ring: number
      campaign: ClaimedCampaign
      number: number
    }
  /** Nothing to do: another worker has it, it is done, or its campaign does not run. */
  | { kind: 'GONE' }
  /** It is the campaign's closing, which is claimed elsewhere (closing.ts). */
  | { kind: 'CLOSING' }
  /** Nobody in it may be contacted: every lead has its reason, and the batch is done. */
  | { kind: 'EMPTIED'; campaign: ClaimedCampaign; number: number }
  /** The campaign cannot go on: too little budget, no credential. */
  | { kind: 'FAILED'; campaign: ClaimedCampaign; reason: string }

export interface ClaimedCampaign {
  id: string
  brokerId: string
  paced: boolean
}

export interface ClaimedBatch {
  id: string
  attempt: number
  number: number
  failures: number
  campaign: ClaimedCampaign & {
    agendamentoId: string
    baseMessage: string | null
    template: { code: string; content: string } | null
    templateVars: unknown
    walletId: string
    idgisAmbiente: number
  }
  /** Its name. */
  broker: string
  adapter: string
  credential: { id: string; sealed: unknown; updatedAt: Date }
  /** When the first request may start: now, or a moment within pace.ts's look-ahead. */
  startAt: Date
  /** From one request's start to the next one's, by the broker's rate limit. */
  requestIntervalMs: number
  /** When its recipients' contact hours end, or a day later: no request may start from then on. */
  closesAt: Date
  /** When the campaign's next batch may start, where it is paced. */
  nextAt: Date | null
  leaseUntil: Date
  leads: ClaimedLead[]
  /** The broker has not answered for a while: this batch alone tries. */
  probe: boolean
  /**
   * Leads of its range that stayed PENDING: the budget did not pay for them all, a request may not hold them all, or the contact
   * hours end before.
   */
  left: number
}

export interface ClaimedLead {
  id: string
  seq: number
  phone: string
  nome: string | null
  cpf_cnpj: string | null
  idcob_contrato: string | null
  custom_message: string | null
  variables: Record<string, string> | null
  is_fish: boolean
  /** An earlier request with it was in doubt. */
  doubtful_before: boolean
}

export interface ClaimDeps {
  pool: pg.Pool
  /** The database's time, so that all workers pace by one clock (worker.ts). */
  now: () => Date
  leaseMs: (adapterTimeoutMs: number | undefined) => number
  timezone: string
  /** The country's; the installation's own are read with each batch. */
  isHoliday: HolidayTest
  random: () => number
}

/** @param batchId from the queue: it may be done, taken, or unknown by now */
export async function claimBatch(deps: ClaimDeps, batchId: string): Promise<Claim> {
  for (let most = Infinity; ; ) {
    const claim = await transaction(deps.pool, sql => tryClaim(deps, sql, batchId, most)).catch(error => {
      if (error instanceof TooLittleBudget) return error
      throw error
    })
    if (!(claim instanceof TooLittleBudget)) return claim
    most = claim.affordable
    if (most === 0) return transaction(deps.pool, sql => failForBudget(sql, claim, deps.now()))
  }
}

async function tryClaim(deps: ClaimDeps, sql: Sql, batchId: string, most: number): Promise<Claim> {
  const header = await lockBatch(sql, batchId)
  if (header?.campaign_status !== 'PROCESSING') return { kind: 'GONE' }
  if (header.kind === 'CLOSING') return { kind: 'CLOSING' }
  const now = deps.now()
  const adapter = await adapterOf(header.adapter)
  const throttling = throttlingOf(header.throttling_type, header.throttling_config)
  const campaign = {
    id: header.campaign_id,
    brokerId: header.broker_id,
    paced: throttling.type !== 'none' || header.rate_limit !== null,
  }
  if (!header.credential_id) {
    const reason = `the wallet has no credential at broker ${header.broker}`
    await failCampaign(sql, campaign.id, reason, now)
    return { kind: 'FAILED', campaign, reason }
  }

  const wait = async (until: Date, why: 'HOURS' | 'PACE' | 'BROKER'): Promise<Claim> => {
    const ring = await postpone(sql, header.id, { until, asleep: why === 'HOURS' }, now)
    return { kind: 'WAIT', until, why, ring, campaign, number: header.number }
  }
  const circuit = { failures: header.circuit_failures, blockedUntil: header.blocked_until }
  const waitForBroker = (blockedUntil: Date) =>
    wait(lookAgainAt({ ...circuit, blockedUntil }, now, deps.random), 'BROKER')
  if (circuit.blockedUntil && circuit.blockedUntil > now) return waitForBroker(circuit.blockedUntil)
  // Whatever it slept for: the calendar may have changed.
  if (header.not_before && header.not_before > now && !header.asleep) return wait(header.not_before, 'BROKER')
  const place = header.region || header.zone
  const [hours, isHoliday] = [hoursOf(header), withOwn(deps.isHoliday, header.own_holidays)]
  const opening = (at: Date) => nextWithinHours(hours, place, at, isHoliday)
  const sleep = (until: Date | undefined) => wait(until ?? new Date(now.getTime() + 24 * 3_600_000), 'HOURS')
  const opensAt = opening(now)
  if (opensAt !== now) return sleep(opensAt)

  // More may be PENDING in its range by now than it was planned for, and a request may hold fewer than it did then.
  const perMessage = throttling.type !== 'none'
  const limits = { adapter, brokerMax: header.max_batch, campaignMax: header.batch_size, perMessage }
  const requestIntervalMs = header.rate_limit === null ? 0 : 1000 / Number(header.rate_limit)
  const paces = [
    ...(perMessage ? [header.campaign_id] : []),
    ...(header.rate_limit === null ? [] : [header.credential_id]),
  ]
  let day: RampDay | undefined
  if (throttling.type === 'ramp') {
    const ramped = { id: header.campaign_id, hours: { from: header.hours_from, to: header.hours_to } }
    day = await rampToday(sql, throttling, ramped, now, deps.timezone)
    if (day.left === 0) return wait(opening(day.endsAt) ?? day.endsAt, 'PACE')
  }
  const slot = await freeSlot(sql, paces, now, day?.endsAt)
  if ('waitUntil' in slot) return wait(slot.waitUntil, 'PACE')
  // The moment of the request is its slot's, and requests that follow each other must all start before the hours end.
  const opensAgain = opening(slot.startAt)
  if (opensAgain !== slot.startAt) return sleep(opensAgain)
  const closesAt = closingAfter(hours, place, slot.startAt, isHoliday)
  const inTime =
    requestIntervalMs === 0 ? Infinity : Math.ceil((closesAt.getTime() - slot.startAt.getTime()) / requestIntervalMs)
  const size = Math.min(header.size, effectiveBatchSize(limits), inTime * adapter.messagesPerRequest)
  const requests = Math.ceil(size / adapter.messagesPerRequest)
  const lanes: Lane[] = []
  if (perMessage) {
    const takesMs = throttling.type === 'ramp' ? day!.gapMs : throttleInterval(throttling, deps.random)
    lanes.push({ id: header.campaign_id, takesMs })
  }
  if (header.rate_limit !== null) lanes.push({ id: header.credential_id, takesMs: requests * requestIntervalMs })
  await occupySlot(sql, lanes, slot.startUs)
  const sending = { from: slot.startAt, to: new Date(slot.startAt.getTime() + (requests - 1) * requestIntervalMs) }
  const leaseUntil = new Date(sending.to.getTime() + requestIntervalMs + deps.leaseMs(adapter.timeoutMs))
  const probing = isOpen(circuit)
  if (probing && !(await takeProbe(sql, header.credential_id, now, leaseUntil))) return waitForBroker(leaseUntil)

  const { leads, refused, left } = await vetLeads(sql, header, Math.min(most, size), sending)
  await refuseLeads(sql, header.campaign_id, refused)
  const taken = await takeLeads(sql, header, leads)
  if (taken.length === 0) {
    if (probing) await giveProbeBack(sql, header.credential_id, now)
    // With leads left over, those before them were refused: the next claim looks at the rest.
    if (left > 0) return wait(now, 'BROKER')
    await sql.query(
      `UPDATE "Batch" SET status = 'DONE', attempt = attempt + 1, refused = refused + $2, claimed_at = $3, settled_at = $3 WHERE id = $1`,
      [header.id, refused.length, now],
    )
    await finishIfDone(sql, header.campaign_id, now)
    return { kind: 'EMPTIED', campaign, number: header.number }
  }
  const budgetId = await reserve(sql, header, taken.length, monthOf(now, deps.timezone), now)
  const attempt = await openBatch(sql, header, {
    refused: refused.length,
    messages: taken.length,
    budgetId,
    leaseUntil,
    now,
  })
  return {
    kind: 'CLAIMED',
    batch: {
      id: header.id,
      attempt,
      number: header.number,
      failures: header.failures,
      campaign: {
        ...campaign,
        agendamentoId: header.agendamento_id,
        baseMessage: header.base_message,
        template:
          header.template_code === null ? null : { code: header.template_code, content: header.template_content! },
        templateVars: header.template_vars,
        walletId: header.wallet_id,
        idgisAmbiente: header.idgis_ambiente,
      },
      broker: header.broker,
      adapter: header.adapter,
      credential: { id: header.credential_id, sealed: header.sealed, updatedAt: header.credential_updated_at },
      startAt: slot.startAt,
      requestIntervalMs,
      closesAt,
      nextAt: campaign.paced
        ? new Date(slot.startAt.getTime() + Math.max(0, ...lanes.map(lane => lane.takesMs)))
        : null,
      leaseUntil,
      leads: taken,
      probe: probing,
      left,
    },
  }
}

interface BatchHeader extends HoursColumns {
  id: string
  kind: 'SEND' | 'CLOSING'
  number: number
  from_seq: number
  to_seq: number
  size: number
  zone: string
  region: string
  failures: number
  not_before: Date | null
  asleep: boolean
  campaign_id: string
  campaign_status: string
  agendamento_id: string
  base_message: string | null
  template_vars: unknown
  template_code: string | null
  template_content: string | null
  throttling_type: string
  throttling_config: unknown
  no_cap: boolean
  purpose: string | null
  unit_cost: string
  wallet_id: string
  idgis_ambiente: number
  broker_id: string
  broker: string
  adapter: string
  rate_limit: string | null
  max_batch: number | null
  batch_size: number | null
  credential_id: string
  sealed: unknown
  credential_updated_at: Date
  blocked_until: Date | null
  circuit_failures: number
  own_holidays: string[]
}

/**
 * Locks the batch if it is QUEUED and nobody else has it. The campaign is only read: a pause may be one batch late. Two of its
 * tables are asked beside the join: to put seven in order took PostgreSQL longer than all the rest of it.
 */
async function lockBatch(sql: Sql, batchId: string): Promise<BatchHeader | undefined> {
  const { rows } = await sql.query<BatchHeader>(
    `SELECT b.id, b.kind, b.number, b.from_seq, b.to_seq, b.size, b.zone, b.region, b.failures, b.not_before, b.asleep,
            c.id AS campaign_id, c.status AS campaign_status, c.agendamento_id, c.base_message, c.template_vars,
            (SELECT t.template_code FROM "Template" t WHERE t.id = c.template_id) AS template_code,
            (SELECT t.content FROM "Template" t WHERE t.id = c.template_id) AS template_content,
            c.throttling_type, c.throttling_config, c.hours_from, c.hours_to, c.days, c.allow_holidays, c.state_laws, c.no_cap, c.purpose,
            c.batch_size,
            coalesce(c.unit_cost, r.cost_per_message) AS unit_cost,
            c.wallet_id, (SELECT w.idgis_ambiente FROM "Wallet" w WHERE w.id = c.wallet_id) AS idgis_ambiente,
            r.id AS broker_id, r.name AS broker, r.adapter, r.rate_limit, r.max_batch,
            k.id AS credential_id, k.config AS sealed, k.updated_at AS credential_updated_at, s.blocked_until,
            coalesce(s.failures, 0) AS circuit_failures, ${OWN_HOLIDAYS_SQL} AS own_holidays
     FROM "Batch" b
     JOIN "Campaign" c ON c.id = b.campaign_id
     JOIN "Broker" r ON r.id = c.broker_id
     LEFT JOIN "Credential" k ON k.wallet_id = c.wallet_id AND k.broker_id = c.broker_id
     LEFT JOIN "SendSlot" s ON s.id = k.id
     WHERE b.id = $1 AND b.status = 'QUEUED'
     FOR UPDATE OF b SKIP LOCKED`,
    [batchId],
  )
  return rows[0]
}

/** @returns the ring under which the queue is to call again */
async function postpone(
  sql: Sql,
  batchId: string,
  { until, asleep }: { until: Date; asleep: boolean },
  now: Date,
): Promise<number> {
  const { rows } = await sql.query<{ ring: number }>(
    `UPDATE "Batch" SET not_before = $2, asleep = $4, ring = ring + 1, rung_at = $3 WHERE id = $1 RETURNING ring`,
    [batchId, until, now, asleep],
  )
  return rows[0]!.ring
}

type RefusedLead = { seq: number; code: 'BLOCKLISTED' | 'FREQUENCY_CAP'; message: string }

/**
 * The rules that may have changed since the import: blocklist, then the frequency cap. Fish skip both. The blocklist is read by
 * its indexes, a lead at a time: of an EXISTS PostgreSQL makes a hash of the whole list, for every batch. What binds is what
 * binds in findBlocked (src/blocklist/blocklist.ts).
 */
async function vetLeads(
  sql: Sql,
  header: BatchHeader,
  most: number,
  sending: Sending,
): Promise<{ leads: ClaimedLead[]; refused: RefusedLead[]; left: number }> {
  const { rows } = await sql.query<ClaimedLead & { blocked: boolean }>(
    `SELECT l.id, l.seq, l.phone, l.nome, l.cpf_cnpj, l.idcob_contrato, l.custom_message, l.variables, l.is_fish,
            l.sent_at IS NOT NULL AS doubtful_before,
            NOT l.is_fish AND coalesce(
              (SELECT true FROM "Blocklist" k WHERE k.phone = l.phone AND coalesce(k.purpose = $4, true) LIMIT 1),
              (SELECT true FROM "Blocklist" k WHERE k.cpf_cnpj = l.cpf_cnpj AND coalesce(k.purpose = $4, true) LIMIT 1),
              false) AS blocked
     FROM "CampaignLead" l
     WHERE l.campaign_id = $1 AND l.seq BETWEEN $2 AND $3 AND l.status = 'PENDING'
     ORDER BY l.seq`,
    [header.campaign_id, header.from_seq, header.to_seq, header.purpose],
  )
  const refused: RefusedLead[] = []
  const allowed: ClaimedLead[] = []
  let left = 0
  for (const { blocked, ...lead } of rows) {
    if (blocked)
      refused.push({ seq: lead.seq, code: 'BLOCKLISTED', message: 'on the blocklist when it was to be sent' })
    else if (allowed.length < most) allowed.push(lead)
    else left++
  }
  const people = allowed.filter(lead => !lead.is_fish).map(recipientOf)
  const free = await takeContacts(sql, people, sending, header.no_cap)
  const leads: ClaimedLead[] = []
  for (const lead of allowed) {
    if (lead.is_fish || free.has(lead.id)) leads.push(lead)
    else
      refused.push({
        seq: lead.seq,
        code: 'FREQUENCY_CAP',
        message: 'another message went to this phone or document within 24 hours',
      })
  }
  return { leads, refused, left }
}

/** A lead as the frequency cap sees it. */
export function recipientOf({ id, phone, cpf_cnpj }: ClaimedLead): Recipient {
  return { leadId: id, phone, cpf_cnpj }
}

async function refuseLeads(sql: Sql, campaignId: string, refused: readonly RefusedLead[]): Promise<void> {
  if (refused.length === 0) return
  await sql.query(
    `UPDATE "CampaignLead" l SET status = 'ERROR', error_code = r.code, error_message = r.message
     FROM unnest($2::int[], $3::text[], $4::text[]) AS r(seq, code, message)
     WHERE l.campaign_id = $1 AND l.seq = r.seq AND l.status = 'PENDING'`,
    [campaignId, refused.map(r => r.seq), refused.map(r => r.code), refused.map(r => r.message)],
  )
}

/** @returns those that were still PENDING: a cancel may have come between */
async function takeLeads(sql: Sql, header: BatchHeader, leads: readonly ClaimedLead[]): Promise<ClaimedLead[]> {
  const { rows } = await sql.query<{ seq: number }>(
    `UPDATE "CampaignLead" SET status = 'SENDING', billed = true, batch_number = $3
     WHERE campaign_id = $1 AND seq = ANY($2::int[]) AND status = 'PENDING'
     RETURNING seq`,
    [header.campaign_id, leads.map(lead => lead.seq), header.number],
  )
  if (rows.length === leads.length) return [...leads]
  const taken = new Set(rows.map(row => row.seq))
  await releaseContacts(sql, leads.filter(lead => !taken.has(lead.seq)).map(recipientOf))
  return leads.filter(lead => taken.has(lead.seq))
}

async function failForBudget(sql: Sql, { payer, reason }: TooLittleBudget, now: Date): Promise<Claim> {
  const campaign = { id: payer.campaign_id, brokerId: payer.broker_id, paced: false }
  await failCampaign(sql, campaign.id, reason, now)
  return { kind: 'FAILED', campaign, reason }
}

interface Opening {
  refused: number
  messages: number
  budgetId: string | null
  leaseUntil: Date
  now: Date
}

/** @returns the attempt: the token that the settle must bring */
async function openBatch(sql: Sql, header: BatchHeader, opening: Opening): Promise<number> {
  const { rows } = await sql.query<{ attempt: number }>(
    `UPDATE "Batch" SET status = 'SENDING', attempt = attempt + 1, lease_until = $2, claimed_at = $3, not_before = NULL, asleep = false,
            budget_id = $4, unit_cost = $5, reserved = reserved + $5::numeric * $6, refused = refused + $7
     WHERE id = $1 RETURNING attempt`,
    [header.id, opening.leaseUntil, opening.now, opening.budgetId, header.unit_cost, opening.messages, opening.refused],
  )
  return rows[0]!.attempt
}

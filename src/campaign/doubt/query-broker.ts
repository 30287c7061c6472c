import { setTimeout } from 'node:timers/promises'
import pLimit from 'p-limit'
import type pg from 'pg'
import type { DoubtfulMessage, FindResult } from '../../broker/port.ts'
import { adapterOf } from '../../broker/registry.ts'
import type { Clock } from '../../clock.ts'
import type { Sql } from '../../database/pool.ts'
import type { ClaimedLead } from '../../dispatch/model/claimed-batch.ts'
import { CampError } from '../../errors.ts'
import type { Http } from '../../http/client.ts'
import { t } from '../../language/text.ts'
import { compileText } from '../../message/template.ts'
import type { Keys } from '../../security/keys.ts'
import { NO_CREDENTIAL, openCredential } from '../../security/open-credential.ts'
import { applyEvents } from '../../webhook/apply-events.ts'
import { openInbox } from '../../webhook/inbox.ts'

export interface QueryDeps {
  pool: pg.Pool
  clock: Clock
  keys: Keys
  http: Http
}

export interface QueryResult {
  /** The broker has them: they are SENT now. */
  found: number
  /** The broker has no such message: a person decides whether to send them again. */
  absent: number
  /** The broker could not tell. */
  unknown: number
  /** Why it could not tell, each reason once, at most five. */
  reasons: string[]
}

/** Concurrent requests to one broker, and leads in memory. */
const AT_ONCE = 8
const PAGE = 500

/** A message that was taken less than this long ago may be missing from the broker's list. */
const SETTLING_MS = 2 * 60_000

/**
 * Asks the broker about every lead in doubt (docs/reliability.md#in-doubt). Messages that it has are put into the inbox like
 * callbacks, so that all doubts are resolved in the same way. Sends nothing again.
 * @throws CampError STATE: the broker has no such query, or nothing has been in doubt for two minutes
 */
export async function queryBroker(deps: QueryDeps, campaignId: string): Promise<QueryResult> {
  const { adapter, broker, brokerId, credential, baseMessage } = await readCampaign(deps, campaignId)
  if (!adapter.find) {
    throw new CampError('BROKER_CANNOT_BE_ASKED', t`${broker} has no request that lists the messages it accepted`, {
      hint: t`Check in its panel; each request is named after the campaign and its batch. Then decide: --sent,
        --not-sent or --resend.`,
    })
  }
  const find = (message: DoubtfulMessage) => adapter.find!(message, credential, deps.http)
  const base = baseMessage === null ? undefined : compileText(baseMessage)
  const found: string[] = []
  const asked: QueryResult = { found: 0, absent: 0, unknown: 0, reasons: [] }
  const inbox = openInbox(deps.pool, { now: () => deps.clock.now() })
  const limit = pLimit(AT_ONCE)
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const leads = await doubtfulLeads(deps.pool, campaignId, after, new Date(deps.clock.now().getTime() - SETTLING_MS))
    if (leads.length === 0) break
    after = leads.at(-1)!.seq
    const results = await Promise.all(
      leads.map(lead =>
        limit(async () => {
          const text = lead.custom_message ?? base?.render(lead).text ?? null
          return { lead, result: await find({ phone: lead.phone, text, givenUpAt: lead.given_up_at }) }
        }),
      ),
    )
    await inbox.store(
      brokerId,
      results.flatMap(({ lead, result }) =>
        result.kind === 'FOUND'
          ? [
              {
                event: 'SENT' as const,
                leadId: lead.id,
                providerMsgId: result.providerId,
                occurredAt: lead.sent_at,
                payload: result,
              },
            ]
          : [],
      ),
    )
    for (const { lead, result } of results) {
      count(asked, result)
      if (result.kind === 'FOUND') found.push(lead.id)
    }
  }
  if (asked.found + asked.absent + asked.unknown === 0) {
    throw new CampError('NOTHING_IN_DOUBT', t`none of its leads has been in doubt for two minutes`, {
      hint: t`See: camp campaign leads ID --status IN_DOUBT`,
    })
  }
  await applyFound(deps, found)
  return asked
}

const [LOOKS, LOOK_MS] = [30, 100]

/**
 * Waits until all events are applied, by this process or by a worker that has taken them. An event whose lead is locked for
 * longer is left to the workers.
 */
async function applyFound({ pool, clock }: QueryDeps, leadIds: readonly string[]): Promise<void> {
  for (let looks = 0; looks < LOOKS; looks++) {
    await applyEvents(pool, { limit: PAGE * 20, now: clock.now() })
    const { rowCount } = await pool.query(
      `SELECT 1 FROM "WebhookEvent" WHERE lead_id = ANY($1::uuid[]) AND applied_at IS NULL LIMIT 1`,
      [leadIds],
    )
    if (rowCount === 0) return
    await setTimeout(LOOK_MS)
  }
}

function count(asked: QueryResult, result: FindResult): void {
  if (result.kind === 'FOUND') asked.found++
  else if (result.kind === 'ABSENT') asked.absent++
  else {
    asked.unknown++
    if (!asked.reasons.includes(result.reason) && asked.reasons.length < 5) asked.reasons.push(result.reason)
  }
}

async function readCampaign({ pool, keys }: QueryDeps, campaignId: string) {
  const { rows } = await pool.query<{
    base_message: string | null
    broker_id: string
    broker: string
    adapter: string
    credential_id: string | null
    sealed: unknown
  }>(
    `SELECT c.base_message, r.id AS broker_id, r.name AS broker, r.adapter, k.id AS credential_id, k.config AS sealed
     FROM "Campaign" c
     JOIN "Broker" r ON r.id = c.broker_id
     LEFT JOIN "Credential" k ON k.wallet_id = c.wallet_id AND k.broker_id = c.broker_id
     WHERE c.id = $1`,
    [campaignId],
  )
  const row = rows[0]!
  const adapter = await adapterOf(row.adapter)
  if (row.credential_id === null) throw new CampError('CREDENTIAL_MISSING', NO_CREDENTIAL)
  const key = { id: row.credential_id, sealed: row.sealed }
  const { config, flaw } = await openCredential(pool, keys, adapter, key)
  if (flaw !== undefined) throw new CampError('CREDENTIAL_UNUSABLE', flaw)
  return { adapter, broker: row.broker, brokerId: row.broker_id, credential: config, baseMessage: row.base_message }
}

type QueriedLead = Omit<ClaimedLead, 'is_fish' | 'doubtful_before'> & { sent_at: Date; given_up_at: Date }

async function doubtfulLeads(sql: Sql, campaignId: string, after: number, before: Date): Promise<QueriedLead[]> {
  const { rows } = await sql.query<QueriedLead>(
    `SELECT l.id, l.seq, l.phone, l.nome, l.cpf_cnpj, l.idcob_contrato, l.custom_message, l.variables, l.sent_at,
            greatest(l.sent_at, b.settled_at) AS given_up_at
     FROM "CampaignLead" l LEFT JOIN "Batch" b ON b.campaign_id = l.campaign_id AND b.number = l.batch_number
     WHERE l.campaign_id = $1 AND l.status = 'IN_DOUBT' AND l.seq > $2::bigint AND l.sent_at < $3
     ORDER BY l.seq LIMIT $4`,
    [campaignId, after, before, PAGE],
  )
  return rows
}

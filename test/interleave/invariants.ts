import type pg from 'pg'
import { moneyOf } from '../../src/budget/money.ts'
import { reconcileBudgets } from '../../src/budget/reconcile.ts'
import { unapproved } from '../../src/budget/reconcile-approvals.ts'
import { BATCH_TRANSITIONS } from '../../src/lifecycle/batch-status.ts'
import { TRANSITIONS } from '../../src/lifecycle/campaign-status.ts'
import { LEAD_TRANSITIONS } from '../../src/lifecycle/lead-status.ts'
import type { Setting } from './scene.ts'
import type { Schedule } from './schedule.ts'

/**
 * @param seen what was found in a state: equal states are checked once
 * @returns what does not hold after a schedule, in words
 */
export async function wrongAfter(
  sql: pg.ClientBase,
  setting: Setting,
  names: readonly string[],
  schedule: Schedule,
  seen: Map<string, readonly string[]>,
): Promise<string[]> {
  const mayPass = names.includes('hear')
  const state = `${mayPass} ${await stateOf(sql)}`
  const before = seen.get(state)
  const wrong = before ?? (await wrongState(sql, mayPass))
  if (!before) seen.set(state, wrong)
  return [
    ...wrongEnds(names, schedule),
    ...wrong,
    ...wrongSettles(schedule),
    ...blockedClaims(setting, names, schedule),
  ]
}

async function wrongState(sql: pg.ClientBase, mayPass: boolean): Promise<string[]> {
  await sql.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  try {
    return [
      ...(await wrongMoney(sql, mayPass)),
      ...(await wrongTransitions(sql)),
      ...(await wrongLeads(sql)),
      ...(await wrongCampaigns(sql)),
    ]
  } finally {
    await sql.query('ROLLBACK')
  }
}

function wrongEnds(names: readonly string[], { results, deadlocks }: Schedule): string[] {
  return [
    ...(deadlocks > 0 ? [`${deadlocks} deadlocks`] : []),
    ...results.flatMap((result, i) => ('error' in result ? [`${names[i]} failed: ${String(result.error)}`] : [])),
  ]
}

/** (c). What a callback reserves again may pass the limit, because it was spent. */
async function wrongMoney(sql: pg.ClientBase, mayPass: boolean): Promise<string[]> {
  const { differences } = await reconcileBudgets(sql)
  const all = [...differences, ...(await unapproved(sql))]
  const wrong = all.map(
    ({ check, where, expected, found }) => `(c) ${check} ${where}: expected ${expected}, found ${found}`,
  )
  if (mayPass) return wrong
  const { rows } = await sql.query<{ budget: string; used_budget: string }>(`SELECT budget, used_budget FROM "Budget"`)
  const over = rows.filter(row => moneyOf(row.used_budget) > moneyOf(row.budget))
  return [...wrong, ...over.map(row => `(c) ${row.used_budget} of ${row.budget} used`)]
}

const LEGAL: Readonly<Record<string, ReadonlySet<string>>> = {
  Campaign: changesOf(TRANSITIONS),
  Batch: changesOf(BATCH_TRANSITIONS),
  CampaignLead: changesOf(LEAD_TRANSITIONS),
}

function changesOf(table: Readonly<Record<string, { from: readonly string[]; to: string }>>): ReadonlySet<string> {
  return new Set(Object.values(table).flatMap(({ from, to }) => from.map(before => `${before} → ${to}`)))
}

/** (g) and the tables of statuses. */
async function wrongTransitions(sql: pg.ClientBase): Promise<string[]> {
  const { rows } = await sql.query<{ kind: string; before: string; after: string }>(
    `SELECT DISTINCT kind, before, after FROM "StateChange"`,
  )
  return rows.flatMap(({ kind, before, after }) =>
    LEGAL[kind]!.has(`${before} → ${after}`) ? [] : [`(g) ${kind}: ${before} → ${after}`],
  )
}

async function wrongLeads(sql: pg.ClientBase): Promise<string[]> {
  const { rows } = await sql.query<{ wrong: string }>(
    `SELECT '(b) a lead is SENDING in no SENDING batch: seq ' || l.seq AS wrong FROM "CampaignLead" l
     WHERE l.status = 'SENDING' AND NOT EXISTS (
       SELECT 1 FROM "Batch" b WHERE b.campaign_id = l.campaign_id AND b.number = l.batch_number AND b.status = 'SENDING'
         AND l.seq BETWEEN b.from_seq AND b.to_seq)
     UNION ALL
     SELECT format('(a) batches %s and %s hold the same leads', a.number, b.number) FROM "Batch" a
     JOIN "Batch" b ON b.campaign_id = a.campaign_id AND b.number > a.number AND b.from_seq <= a.to_seq AND a.from_seq <= b.to_seq
     WHERE a.status IN ('QUEUED', 'SENDING') AND b.status IN ('QUEUED', 'SENDING')
     UNION ALL
     SELECT '(f) more than one message to ' || phone FROM "CampaignLead"
     WHERE status IN ('SENDING', 'SENT', 'DELIVERED', 'READ', 'IN_DOUBT') GROUP BY phone HAVING count(*) > 1`,
  )
  return rows.map(row => row.wrong)
}

/** (b), (d). A campaign that runs or is paused has something open; of a cancelled one nothing is still to be sent. */
async function wrongCampaigns(sql: pg.ClientBase): Promise<string[]> {
  const { rows } = await sql.query<{
    handle: string
    status: string
    leads: number
    unheld: number
    queued: number
    sending: number
  }>(
    `SELECT c.agendamento_id AS handle, c.status,
            (SELECT count(*)::int FROM "CampaignLead" l WHERE l.campaign_id = c.id AND l.status IN ('PENDING', 'SENDING')) AS leads,
            (SELECT count(*)::int FROM "CampaignLead" l WHERE l.campaign_id = c.id AND l.status = 'PENDING' AND NOT EXISTS (
               SELECT 1 FROM "Batch" b WHERE b.campaign_id = c.id AND b.status IN ('QUEUED', 'SENDING')
                 AND l.seq BETWEEN b.from_seq AND b.to_seq)) AS unheld,
            (SELECT count(*)::int FROM "Batch" b WHERE b.campaign_id = c.id AND b.status = 'QUEUED') AS queued,
            (SELECT count(*)::int FROM "Batch" b WHERE b.campaign_id = c.id AND b.status = 'SENDING') AS sending
     FROM "Campaign" c`,
  )
  return rows.flatMap(({ handle, status, leads, unheld, queued, sending }) => {
    const open = `${leads} leads, ${queued} QUEUED and ${sending} SENDING batches open`
    if (status === 'FINISHED' && leads + queued + sending > 0) return [`(d) ${handle} is FINISHED with ${open}`]
    if (status === 'CANCELLED' && (queued > 0 || unheld > 0)) return [`(b) ${handle} is CANCELLED with ${open}`]
    if (['PROCESSING', 'PAUSED'].includes(status) && leads + queued + sending === 0)
      return [`(d) ${handle} is ${status} with nothing open`]
    return []
  })
}

/** One settle for an attempt, and one claim of a lead. */
function wrongSettles({ results }: Schedule): string[] {
  const values = results.flatMap(result => ('value' in result ? [result.value] : []))
  const settled = values.filter(value => value.startsWith('SETTLED'))
  const claims = values.flatMap(value => /^CLAIMED .*: (.*)$/.exec(value)?.[1]?.split(' ') ?? [])
  return [
    ...(new Set(settled).size < settled.length ? [`(a) an attempt was settled twice`] : []),
    ...(new Set(claims).size < claims.length ? [`(a), (f) two claims have the same person: ${claims.join(' ')}`] : []),
  ]
}

/** (e): what the blocklist had when a claim read it is not claimed. */
function blockedClaims({ phone }: Setting, names: readonly string[], { steps, results }: Schedule): string[] {
  const blocker = names.indexOf('block')
  const commit = steps.findIndex(({ actor, text }) => actor === blocker && text === 'COMMIT')
  if (commit === -1) return []
  return results.flatMap((result, actor) => {
    if (!('value' in result) || !/^CLAIMED/.test(result.value) || !result.value.includes(phone)) return []
    const read = steps.findLastIndex(step => step.actor === actor && step.text.includes('"Blocklist"'))
    return read > commit ? [`(e) ${names[actor]} claimed a phone that was blocked before`] : []
  })
}

/** Everything that the checks of a state read, without what differs from run to run: the ids of new rows, and times. */
async function stateOf(sql: pg.ClientBase): Promise<string> {
  const { rows } = await sql.query<{ state: string }>(
    `WITH state AS (
       SELECT (to_jsonb(c) - '{updated_at,started_at,finished_at,approved_at,unanswered_start}'::text[])::text AS row FROM "Campaign" c
       UNION ALL
       SELECT jsonb_build_array(b.campaign_id, b.number, b.kind, b.status, b.attempt, b.from_seq, b.to_seq, b.size, b.accepted, b.refused,
                                b.reserved, b.unit_cost, b.budget_id, b.claimed_at)::text FROM "Batch" b
       UNION ALL
       SELECT (to_jsonb(l) - '{updated_at,sent_at,delivered_at,read_at}'::text[])::text || (l.sent_at IS NULL) FROM "CampaignLead" l
       UNION ALL
       SELECT (to_jsonb(g) - 'updated_at')::text FROM "Budget" g
       UNION ALL
       SELECT jsonb_build_array(e.budget_id, e.kind, e.amount, e.messages, b.campaign_id, b.number)::text
       FROM "BudgetEntry" e LEFT JOIN "Batch" b ON b.id = e.batch_id
       UNION ALL
       SELECT jsonb_build_array(row_number() OVER (PARTITION BY campaign_id ORDER BY id), campaign_id, kind, batch_number, attempt, seqs,
                                code, detail)::text FROM "LeadEvent"
       UNION ALL
       SELECT jsonb_build_array(row_number() OVER (PARTITION BY subject_id ORDER BY n), action, subject_id, user_id, detail)::text
       FROM "AuditEvent"
       UNION ALL
       SELECT DISTINCT concat_ws(' ', kind, before, after) FROM "StateChange"
     )
     SELECT md5(string_agg(row, E'\\n' ORDER BY row COLLATE "C")) AS state FROM state`,
  )
  return rows[0]!.state
}

/** What distinguishes one end from another. */
export async function outcomeAfter(sql: pg.ClientBase, { results }: Schedule): Promise<string> {
  const { rows } = await sql.query<{ outcome: string }>(
    `SELECT jsonb_build_array(
       (SELECT jsonb_agg(jsonb_build_array(agendamento_id, status, failure_code, unit_cost) ORDER BY agendamento_id) FROM "Campaign"),
       (SELECT jsonb_agg(jsonb_build_array(c.agendamento_id, b.number, b.status, b.attempt, b.from_seq, b.to_seq, b.reserved)
                         ORDER BY c.agendamento_id, b.number) FROM "Batch" b JOIN "Campaign" c ON c.id = b.campaign_id),
       (SELECT jsonb_agg(jsonb_build_array(campaign_id, seq, status, error_code, billed, batch_number) ORDER BY campaign_id, seq)
        FROM "CampaignLead"),
       (SELECT jsonb_agg(jsonb_build_array(budget, used_budget) ORDER BY id) FROM "Budget"))::text AS outcome`,
  )
  return `${JSON.stringify(results.map(result => ('value' in result ? result.value : String(result.error))))} ${rows[0]!.outcome}`
}

import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { v7 as uuid } from 'uuid'
import { expect } from 'vitest'
import type { Sql } from '../../src/database/pool.ts'
import { openKeys } from '../../src/security/keys.ts'
import { sealJson } from '../../src/security/seal.ts'

/** Records for tests of dispatch, written straight into the tables: what an import and an approval would leave. */
export const SECRET = 'a-test-secret-of-enough-length'

export const testKeys = () => openKeys({ secret: SECRET, databaseUrl: undefined, home: '' })

/** A Twilio account whose API is at `url`. */
export const twilioCredential = (url: string) => ({
  account_sid: 'AC00000000000000000000000000000000',
  auth_token: 't',
  from: '+5500900000099',
  channel: 'sms',
  url,
})

export interface Scene {
  userId: string
  walletId: string
  brokerId: string
  credentialId: string
}

export interface SceneOptions {
  /** The sandbox's. */
  url?: string
  /** SANDBOX unless said otherwise; then the credential is to be given, too. */
  adapter?: string
  credential?: object
  cost?: string
  budget?: string | null
  rate?: number | null
  maxBatch?: number | null
  month?: { year: number; month: number }
}

/** The brokers of scenes, and the test that made each; none where a hook did. */
const made: { broker: string; test: string | undefined }[] = []

const currentTest = () => expect.getState().currentTestName

/**
 * The names of the brokers that the current test or a hook has made for a scene: those that its workers need.
 * @returns undefined where there is none
 */
export async function brokersOfTest(pool: pg.Pool): Promise<string[] | undefined> {
  const names = made.filter(({ test }) => test === undefined || test === currentTest()).map(({ broker }) => broker)
  const { rows } = await pool.query<{ name: string }>(`SELECT name FROM "Broker" WHERE name = ANY($1::text[])`, [names])
  return rows.length > 0 ? rows.map(row => row.name) : undefined
}

/** A user, a wallet with a budget for this month, a broker and the credential. */
export async function makeScene(pool: pg.Pool, options: SceneOptions = {}): Promise<Scene> {
  const scene = { userId: uuid(), walletId: uuid(), brokerId: uuid(), credentialId: uuid() }
  const name = randomBytes(4).toString('hex')
  made.push({ broker: `broker ${name}`, test: currentTest() })
  await pool.query(`INSERT INTO "User" (id, name, email, role, updated_at) VALUES ($1, 'Test', $2, 'ADMIN', now())`, [
    scene.userId,
    `${name}@example.com`,
  ])
  await pool.query(`INSERT INTO "Wallet" (id, name, idgis_ambiente, updated_at) VALUES ($1, $2, $3, now())`, [
    scene.walletId,
    `wallet ${name}`,
    Number.parseInt(name.slice(0, 7), 16),
  ])
  await pool.query(
    `INSERT INTO "Broker" (id, name, adapter, cost_per_message, rate_limit, max_batch, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, now())`,
    [
      scene.brokerId,
      `broker ${name}`,
      options.adapter ?? 'SANDBOX',
      options.cost ?? '0.0450',
      options.rate ?? null,
      options.maxBatch ?? null,
    ],
  )
  const credential = options.credential ?? { url: options.url ?? 'http://127.0.0.1:9' }
  const sealed = sealJson(await testKeys(), credential, scene.credentialId)
  await pool.query(
    `INSERT INTO "Credential" (id, wallet_id, broker_id, config, updated_at) VALUES ($1, $2, $3, $4, now())`,
    [scene.credentialId, scene.walletId, scene.brokerId, sealed],
  )
  if (options.budget !== null) await setBudget(pool, scene.walletId, options.budget ?? '100000.00', options.month)
  return scene
}

/** With its audit, as camp budget set leaves it. */
export async function setBudget(
  pool: pg.Pool,
  walletId: string,
  limit: string,
  month?: SceneOptions['month'],
): Promise<void> {
  const present = new Date(Date.now() - 3 * 3_600_000) // São Paulo's month
  const { year, month: number } = month ?? { year: present.getUTCFullYear(), month: present.getUTCMonth() + 1 }
  await pool.query(
    `WITH budget AS (
       INSERT INTO "Budget" (id, wallet_id, month, year, budget, updated_at) VALUES ($1, $2, $3, $4, $5, now())
       ON CONFLICT (wallet_id, month, year) DO UPDATE SET budget = excluded.budget RETURNING id, budget
     )
     INSERT INTO "AuditEvent" (id, action, subject, subject_id, detail)
     SELECT gen_random_uuid(), 'budget.set', 'Budget', id, jsonb_build_object('to', budget::text) FROM budget`,
    [uuid(), walletId, number, year, limit],
  )
}

/** The installation's setting: whether an importer may approve their own. */
export async function setSelfApproval(pool: pg.Pool, value: 'allow' | 'deny'): Promise<void> {
  await pool.query(
    `INSERT INTO "Setting" (name, value, set_at) VALUES ('self-approval', $1, now())
     ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    [value],
  )
}

export interface CampaignOptions {
  leads: number
  /** The number of its first phone: campaigns with the same one share their people. */
  firstPhone?: number
  ddd?: number
  status?: string
  /** Leads with this document, by position. */
  documents?: Record<number, string>
  columns?: Record<string, unknown>
}

let nextPhone = 900_000_000

/** A campaign with PENDING leads, round the clock and every day unless its columns say otherwise. @returns its id */
export async function makeCampaign(pool: pg.Pool, scene: Scene, options: CampaignOptions): Promise<string> {
  const id = uuid()
  const columns: Record<string, unknown> = {
    id,
    agendamento_id: `T${randomBytes(4).toString('hex').toUpperCase()}`,
    name: 'test',
    user_id: scene.userId,
    wallet_id: scene.walletId,
    broker_id: scene.brokerId,
    status: options.status ?? 'APPROVED',
    base_message: 'Olá',
    hours_from: 0,
    hours_to: 1440,
    days: 127,
    allow_holidays: true,
    source_file: 'test.csv',
    source_sha256: randomBytes(32).toString('hex'),
    rows: options.leads,
    unit_cost: '0.0450',
    updated_at: new Date(),
    ...options.columns,
  }
  const names = Object.keys(columns)
  await pool.query(
    `INSERT INTO "Campaign" (${names.join(', ')}) VALUES (${names.map((_, i) => `$${i + 1}`).join(', ')})`,
    Object.values(columns),
  )
  const first = options.firstPhone ?? nextPhone
  if (options.firstPhone === undefined) nextPhone += options.leads
  await pool.query(
    `INSERT INTO "CampaignLead" (id, campaign_id, seq, source_line, phone, nome, cpf_cnpj)
     SELECT gen_random_uuid(), $1, n * 2, n + 1, '55' || $2 || ($3::bigint + n - 1), 'Pessoa ' || n, $5::jsonb ->> n::text
     FROM generate_series(1, $4) n`,
    [id, String(options.ddd ?? 11), first, options.leads, JSON.stringify(options.documents ?? {})],
  )
  if ((options.status ?? 'APPROVED') === 'APPROVED') await stampApproval(pool, id)
  return id
}

/** As the approval would have left it. */
export async function stampApproval(pool: pg.Pool, id: string): Promise<void> {
  const { approvalHash } = await import('../../src/campaign/approval/approval-hash.ts')
  const { readCampaign } = await import('../../src/campaign/campaign-header.ts')
  const campaign = await readCampaign(pool, id)
  await pool.query(`UPDATE "Campaign" SET approval_hash = $2, unit_cost = $3 WHERE id = $1`, [
    id,
    approvalHash(campaign),
    campaign.cost_per_message,
  ])
}

export interface Books {
  statuses: Record<string, number>
  errors: Record<string, number>
  campaign: string
  reason: string | null
  used: string
  ledger: string
  /** unit cost × billed leads */
  billed: string
  openBatches: number
}

/** Everything that the invariants speak of, for one campaign and its wallet. */
export async function booksOf(pool: pg.Pool, campaignId: string): Promise<Books> {
  const client = await pool.connect()
  try {
    // One snapshot: a settle between two of its statements would look like a broken invariant.
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    return await readBooks(client, campaignId)
  } finally {
    await client.query('ROLLBACK')
    client.release()
  }
}

async function readBooks(pool: Sql, campaignId: string): Promise<Books> {
  const { rows: leads } = await pool.query<{ status: string; error_code: string | null; n: number }>(
    `SELECT status, error_code, count(*)::int AS n FROM "CampaignLead" WHERE campaign_id = $1 GROUP BY 1, 2`,
    [campaignId],
  )
  const statuses: Record<string, number> = {}
  const errors: Record<string, number> = {}
  for (const { status, error_code, n } of leads) {
    statuses[status] = (statuses[status] ?? 0) + n
    if (error_code) errors[error_code] = (errors[error_code] ?? 0) + n
  }
  const { rows } = await pool.query<Omit<Books, 'statuses' | 'errors'>>(
    `SELECT c.status AS campaign, c.failure_reason AS reason,
            (SELECT coalesce(sum(used_budget), 0)::numeric(14, 4) FROM "Budget" WHERE wallet_id = c.wallet_id) AS used,
            (SELECT coalesce(sum(e.amount), 0)::numeric(14, 4) FROM "BudgetEntry" e JOIN "Budget" b ON b.id = e.budget_id
             WHERE b.wallet_id = c.wallet_id) AS ledger,
            (SELECT coalesce(sum(d.unit_cost), 0)::numeric(14, 4) FROM "CampaignLead" l JOIN "Campaign" d ON d.id = l.campaign_id
             WHERE d.wallet_id = c.wallet_id AND l.billed) AS billed,
            (SELECT count(*)::int FROM "Batch" WHERE campaign_id = c.id AND status IN ('QUEUED', 'SENDING')) AS "openBatches"
     FROM "Campaign" c WHERE c.id = $1`,
    [campaignId],
  )
  return { statuses, errors, ...rows[0]! }
}

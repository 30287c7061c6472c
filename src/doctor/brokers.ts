import { z } from 'zod'
import type { Quota } from '../broker/port.ts'
import { adapterOf } from '../broker/registry.ts'
import { callbackUrlInUse, isServed } from '../campaign/read/workers.ts'
import type { Sql } from '../database/pool.ts'
import { createHttp, httpOptions } from '../http/client.ts'
import { storedText } from '../language/stored/stored-text.ts'
import { t } from '../language/text.ts'
import { openKeys } from '../security/keys.ts'
import { unsealCredential } from '../security/open-credential.ts'
import { isPlainHttp, plainPublicUrl } from '../security/plain-http.ts'
import { webhookUrl } from '../security/webhook-token.ts'
import type { DatabaseDeps } from './deps.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** Whether each credential opens, and fits its adapter, and what its adapter warns of. Its content is not reported. */
export async function checkCredentials({ pool, config }: DatabaseDeps): Promise<Finding[]> {
  const keys = await openKeys(config)
  const { rows } = await pool.query<{ id: string; sealed: unknown; wallet: string; broker: string; adapter: string }>(
    `SELECT k.id, k.config AS sealed, w.name AS wallet, b.name AS broker, b.adapter FROM "Credential" k
     JOIN "Wallet" w ON w.id = k.wallet_id JOIN "Broker" b ON b.id = k.broker_id ORDER BY w.name, b.name`,
  )
  const findings: Finding[] = []
  const warnings = (await quotasNearEnd(pool)).map(({ wallet, broker, used, limit }) =>
    warn(
      t`quota`,
      t`"${wallet}" at "${broker}" has used ${used} of its ${limit} requests of 24 hours`,
      t`Send less per day, use larger batches, or ask the broker for a higher quota.`,
    ),
  )
  for (const row of rows) {
    const adapter = await adapterOf(row.adapter).catch(() => undefined)
    // It belongs to a newer camp.
    if (!adapter) continue
    const { closed, unfit, config: credential } = unsealCredential(keys, adapter, row)
    const flaw = closed ?? unfit
    const where = t`of "${row.wallet}" at "${row.broker}"`
    if (flaw === undefined) {
      warnings.push(
        ...(adapter.warnings?.(credential, config.publicUrl) ?? []).map(text =>
          warn(t`credential`, `${where}: ${text}`, t`See the broker's page in docs, and camp credential set.`),
        ),
      )
      continue
    }
    findings.push(
      fail(t`credential`, `${where}: ${flaw}`, t`Run: camp credential set "${row.wallet}" "${row.broker}" key=value`),
    )
  }
  const opened = findings.length > 0 ? findings : [ok(t`credentials`, t`${rows.length} open, and fit their adapters`)]
  return [...opened, ...warnings]
}

interface NearEnd extends Quota {
  wallet: string
  broker: string
}

/** The quotas of requests of which a broker has said within the last 24 hours that they near their end. */
async function quotasNearEnd(sql: Sql): Promise<NearEnd[]> {
  const { rows } = await sql.query<NearEnd>(
    `SELECT w.name AS wallet, b.name AS broker, s.quota_used AS used, s.quota_limit AS "limit"
     FROM "SendSlot" s
     JOIN "Credential" k ON k.id = s.id JOIN "Wallet" w ON w.id = k.wallet_id JOIN "Broker" b ON b.id = k.broker_id
     WHERE s.quota_used IS NOT NULL AND s.quota_limit IS NOT NULL AND s.quota_at > clock_timestamp() - interval '24 hours'
     ORDER BY w.name, b.name`,
  )
  return rows
}

const LISTENER_MS = 5_000
const healthAnswer = z.object({ status: z.enum(['ok', 'failing', 'starting']) })

/** The URL that each broker calls back, and whether a worker's listener answers there. */
export async function checkListener({ pool, config, clock }: DatabaseDeps): Promise<Finding[]> {
  const brokers = await calledBack(pool)
  if (brokers.length === 0) return [ok(t`callbacks`, t`no broker here calls back`)]
  const { publicUrl } = config
  if (publicUrl === undefined) return withoutPublicUrl(brokers, await callbackUrlInUse(pool))
  const keys = await openKeys(config)
  const http = createHttp(httpOptions(config, clock))
  const answer = await http
    .request({ method: 'GET', url: `${publicUrl}/healthz`, timeoutMs: LISTENER_MS })
    .finally(() => http.close())
  const said = answer.kind === 'RESPONSE' ? healthOf(answer.body) : undefined
  const remedy = t`Start a worker with --listen, and let the reverse proxy pass this URL to it.`
  return [
    said === undefined
      ? fail(t`listener`, t`no worker's listener answers at ${publicUrl}: ${reasonOf(answer)}`, remedy)
      : said === 'ok'
        ? ok(t`listener`, t`answers at ${publicUrl}`)
        : warn(t`listener`, t`answers at ${publicUrl}, and is ${said}`, t`See ${publicUrl}/healthz`),
    ...(isPlainHttp(publicUrl)
      ? [warn(t`callbacks`, plainPublicUrl(), t`Put a reverse proxy with TLS in front.`)]
      : []),
    ...brokers.map(broker =>
      ok(t`callback URL`, `${broker.name}: ${withoutToken(webhookUrl(publicUrl, keys, broker)!)}`),
    ),
  ]
}

interface Broker {
  id: string
  name: string
  adapter: string
  webhook_version: number
}

async function brokersOf(sql: Sql): Promise<Broker[]> {
  const { rows } = await sql.query<Broker>(`SELECT id, name, adapter, webhook_version FROM "Broker" ORDER BY name`)
  return rows
}

async function calledBack(sql: Sql): Promise<Broker[]> {
  const brokers = await brokersOf(sql)
  const adapters = await Promise.all(brokers.map(({ adapter }) => adapterOf(adapter).catch(() => undefined)))
  return brokers.filter((_, i) => adapters[i]?.callback !== undefined)
}

/** @param local what a worker on this machine gives to the brokers that are here, too: the sandbox */
function withoutPublicUrl(brokers: readonly Broker[], local: string | undefined): Finding[] {
  const isHere = ({ adapter }: Broker) => local !== undefined && adapter === 'SANDBOX'
  const namesOf = (some: readonly Broker[]) => some.map(({ name }) => name).join(', ')
  const [here, silent] = [brokers.filter(isHere), brokers.filter(broker => !isHere(broker))]
  const remedy = t`Set CAMP_PUBLIC_URL, and give each broker its URL: camp broker show NAME`
  return [
    ...(here.length > 0 ? [ok(t`callbacks`, t`${namesOf(here)} calls the worker on this machine`)] : []),
    ...(silent.length > 0
      ? [warn(t`callbacks`, t`${namesOf(silent)} cannot call back: messages stay SENT`, remedy)]
      : []),
  ]
}

/** The token is as secret as a password; camp broker show prints it for those who may see it. */
function withoutToken(url: string): string {
  return url.replace(/[^/]+$/, '…')
}

function healthOf(body: string): string | undefined {
  try {
    return healthAnswer.safeParse(JSON.parse(body)).data?.status
  } catch {
    return undefined
  }
}

function reasonOf(answer: { kind: 'RESPONSE'; status: number } | { kind: string; reason: string }): string {
  return 'status' in answer ? `HTTP ${answer.status}` : storedText(answer.reason)
}

/** Whether a worker is alive for each broker. */
export async function checkBrokers({ pool }: DatabaseDeps): Promise<Finding[]> {
  const brokers = await brokersOf(pool)
  const served = await Promise.all(brokers.map(({ name }) => isServed(pool, name)))
  const without = brokers.filter((_, i) => !served[i]).map(({ name }) => name)
  if (brokers.length === 0) return [warn(t`workers`, t`there is no broker yet`, t`Run: camp broker add`)]
  if (without.length === 0) return [ok(t`workers`, t`every broker has a worker (${brokers.length})`)]
  return [
    warn(
      t`workers`,
      t`no worker is alive for ${without.join(', ')}`,
      t`Run: systemctl start camp-worker, or camp worker`,
    ),
  ]
}

import { assertMigrated, schemaState, serverVersion } from '../database/migrations.ts'
import { openPool } from '../database/pool.ts'
import { serverIdentity } from '../installation/server.ts'
import { fixedText } from '../language/format.ts'
import { t } from '../language/text.ts'
import type { DatabaseDeps } from './deps.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** Below this share of free connections a further worker may find none. */
const FEW_CONNECTIONS = 0.1

export async function checkDatabase({ pool, config }: DatabaseDeps): Promise<Finding[]> {
  const { rows } = await pool.query<{ can_create: boolean; read_only: boolean; used: number; most: number }>(
    `SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS can_create,
            current_setting('transaction_read_only') = 'on' AS read_only,
            (SELECT count(*)::int FROM pg_stat_activity) AS used,
            current_setting('max_connections')::int AS most`,
  )
  const { can_create: canCreate, read_only: isReadOnly, used, most } = rows[0]!
  const version = await serverVersion(pool)
  const where = config.databaseUrl === undefined ? t`embedded` : t`server`
  if (isReadOnly) {
    return [fail(t`database`, t`it accepts no writes`, t`DATABASE_URL names a replica: name the primary.`)]
  }
  const findings: Finding[] = [ok(t`database`, `${where}, PostgreSQL ${version}`)]
  if (!canCreate) {
    const remedy = t`On the server: GRANT CREATE ON SCHEMA public TO the user in DATABASE_URL.`
    findings.push(fail(t`database rights`, t`this user may not create tables: migrations fail`, remedy))
  }
  if (most - used < most * FEW_CONNECTIONS) {
    const found = t`${used} of ${most} connections are in use`
    findings.push(warn(t`connections`, found, t`Raise max_connections, or put PgBouncer in front (CAMP_DIRECT_URL).`))
  }
  return findings
}

/** The queue and the migrations use CAMP_DIRECT_URL: it must be the same database. */
export async function checkDirectUrl({ pool, config }: DatabaseDeps): Promise<Finding[]> {
  const { databaseUrl, directUrl } = config
  if (directUrl === undefined || directUrl === databaseUrl) return []
  const direct = openPool(directUrl, { max: 1, name: 'camp doctor' })
  try {
    const [one, other] = await Promise.all([serverIdentity(pool), serverIdentity(direct)])
    if (one.server !== null && other.server !== null && one.server !== other.server) {
      const remedy = t`Set CAMP_DIRECT_URL to the database of DATABASE_URL, without the pooler.`
      return [fail(t`direct URL`, t`CAMP_DIRECT_URL and DATABASE_URL are different databases`, remedy)]
    }
    return [ok(t`direct URL`, t`CAMP_DIRECT_URL is the same database`)]
  } finally {
    await direct.end()
  }
}

const MAX_DIFFERENCE_MS = 2_000

/** Workers pace by the database's clock; a budget's month and the times of a schedule are read from the machine's. */
export async function checkClock({ pool, clock }: DatabaseDeps): Promise<Finding[]> {
  const before = clock.now().getTime()
  const { rows } = await pool.query<{ now: Date }>(`SELECT clock_timestamp() AS now`)
  const after = clock.now().getTime()
  const theirs = rows[0]!.now.getTime()
  // The database read its clock at some time between the two.
  const ms = theirs < before ? before - theirs : Math.max(0, theirs - after)
  const found = t`this machine and the database differ by ${fixedText(ms / 1000, 1)} s`
  if (ms <= MAX_DIFFERENCE_MS) return [ok(t`clock`, found)]
  return [warn(t`clock`, found, t`Set both clocks by NTP: timedatectl set-ntp true`)]
}

export async function checkMigrations({ pool }: DatabaseDeps): Promise<Finding[]> {
  await assertMigrated(pool)
  const { applied } = await schemaState(pool)
  return [ok(t`migrations`, t`${applied.length} applied, none pending`)]
}

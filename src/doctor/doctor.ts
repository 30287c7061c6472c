import type pg from 'pg'
import type { Config } from '../config.ts'
import { databaseError, userOf } from '../database/faults.ts'
import { openPool } from '../database/pool.ts'
import { CampError, messageOf } from '../errors.ts'
import { t } from '../language/text.ts'
import { checkBrokers, checkCredentials, checkListener } from './brokers.ts'
import { checkClock, checkDatabase, checkDirectUrl, checkMigrations } from './database.ts'
import type { DatabaseDeps, DoctorDeps } from './deps.ts'
import { type Finding, fail } from './finding.ts'
import { checkHold, checkSecret, checkUsers } from './installation.ts'
import { checkDisk, checkHome, checkVersions } from './machine.ts'
import { checkQueue } from './queue.ts'

/** Each returns its findings; a thrown error is reported as a failed check of the same name. */
type Check<Deps> = readonly [name: () => string, run: (deps: Deps) => Promise<Finding[]>]

const OF_THE_MACHINE: readonly Check<DoctorDeps>[] = [
  [() => t`version`, checkVersions],
  [() => t`home`, checkHome],
  [() => t`disk`, checkDisk],
]

const OF_THE_DATABASE: readonly Check<DatabaseDeps>[] = [
  [() => t`database`, checkDatabase],
  [() => t`direct URL`, checkDirectUrl],
  [() => t`clock`, checkClock],
]

/** They need the tables of this version. */
const OF_THE_INSTALLATION: readonly Check<DatabaseDeps>[] = [
  [() => t`secret`, checkSecret],
  [() => t`users`, checkUsers],
  [() => t`hold`, checkHold],
  [() => t`queue`, checkQueue],
  [() => t`credentials`, checkCredentials],
  [() => t`listener`, checkListener],
  [() => t`workers`, checkBrokers],
]

/**
 * Checks an installation without changing it; checks that need a part that is missing are omitted. Never throws for what it
 * finds.
 */
export async function examine(deps: DoctorDeps): Promise<Finding[]> {
  const findings = await runAll(OF_THE_MACHINE, deps)
  let pool: pg.Pool | undefined
  try {
    const url = await deps.databaseUrl()
    pool = openPool(url, { max: 2, name: 'camp doctor' })
    await pool.query('SELECT 1')
    const database = { ...deps, pool, url }
    findings.push(...(await runAll(OF_THE_DATABASE, database)))
    const migrations = await runAll([[() => t`migrations`, checkMigrations]], database)
    findings.push(...migrations)
    if (migrations.every(({ state }) => state === 'ok')) findings.push(...(await runAll(OF_THE_INSTALLATION, database)))
  } catch (error) {
    findings.push(failed(t`database`, error, deps.config))
  } finally {
    await pool?.end()
  }
  return findings
}

async function runAll<Deps extends DoctorDeps>(checks: readonly Check<Deps>[], deps: Deps): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [name, run] of checks)
    findings.push(...(await run(deps).catch(error => [failed(name(), error, deps.config)])))
  return findings
}

function failed(name: string, thrown: unknown, { databaseUrl }: Config): Finding {
  const error = thrown instanceof CampError ? thrown : databaseError(thrown, userOf(databaseUrl))
  return fail(name, messageOf(error ?? thrown), error?.hint ?? t`Run the command again with --debug for the details.`)
}

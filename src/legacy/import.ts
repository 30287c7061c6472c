import { type OutsideUse, recordOutsideUse } from '../budget/outside-use.ts'
import { transaction, withoutTimeLimits } from '../database/pool.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { recordAudit } from '../security/audit-log.ts'
import { takeBlocklist } from './blocklist.ts'
import { takeBrokers } from './brokers.ts'
import { takeBudgets } from './budgets.ts'
import { takeCredentials } from './credentials.ts'
import type { LegacyDeps, LegacyRequest, Step } from './deps.ts'
import { takeFish } from './fish.ts'
import { RejectsList } from './rejects.ts'
import { takeSends } from './sends.ts'
import { openSource } from './source/open.ts'
import type { LegacySource } from './source/row.ts'
import { survey } from './survey.ts'
import { CREDENTIAL_OPTION, SHARED_OPTION } from './tables.ts'
import { type Reject, type TableCount, Tally } from './tally.ts'
import { takeWallets } from './wallets.ts'

export interface LegacyResult {
  /** The dump, or the URL without its password. */
  from: string
  dryRun: boolean
  tables: TableCount[]
  /** New campaigns, all of them archived. */
  campaigns: number
  /** What the old system has used of the budgets, as it is now in the ledger; empty in a dry run. */
  used: OutsideUse[]
  /** The first refused rows. */
  refusals: Reject[]
  rejects: { file: string; rows: number } | null
}

/**
 * Takes the data of the old system, table by table; of its messages some thousand at a time. Each part is one transaction or a single
 * audited change, so that an interrupted import is continued by the next. What camp has already stays as it is. Nothing of it is ever
 * sent: the messages become leads of archived campaigns.
 * @throws CampError for the source, the options and the rejects file; INTERRUPTED
 */
export async function importLegacy(deps: LegacyDeps, request: LegacyRequest): Promise<LegacyResult> {
  const { from, password, prefix } = request
  const source = await openSource({ from, password, prefix, signal: deps.signal })
  const rejects = request.rejects && (await RejectsList.create(request.rejects.file, request.rejects.overwrite))
  try {
    const result = await takeAll(deps, request, source, rejects)
    await rejects?.publish()
    return result
  } catch (error) {
    if (!deps.signal.aborted) throw error
    throw new CampError('INTERRUPTED', t`the import was interrupted`, {
      hint: t`What was taken stays. The same command continues it.`,
      cause: deps.signal.reason,
    })
  } finally {
    await rejects?.discard()
    await source.close()
  }
}

const NAMED = 20

async function takeAll(
  deps: LegacyDeps,
  request: LegacyRequest,
  source: LegacySource,
  rejects: RejectsList | null,
): Promise<LegacyResult> {
  const refusals: Reject[] = []
  const tally = new Tally(reject => {
    rejects?.add(reject)
    if (refusals.length < NAMED) refusals.push(reject)
  })
  const step: Step = { deps, request, tally }
  const found = await survey(source, [CREDENTIAL_OPTION, SHARED_OPTION], deps.signal)
  const wallets = await takeWallets(step, found)
  const brokers = await takeBrokers(step, found)
  await takeCredentials(step, found, wallets, brokers)
  const budgets = await takeBudgets(step, found, wallets)
  await takeFish(step, found)
  await rejects?.flush()
  await takeBlocklist(step, source)
  const onPart = async () => rejects?.flush()
  const campaigns = await takeSends({ ...step, wallets, brokers, onPart }, source)
  const { tables } = tally
  if (tables.length === 0) throw nothingFound(source.name, request.prefix)
  const used = request.dryRun ? [] : await finish(deps, request, { budgets, tables, campaigns })
  return {
    ...{ from: source.name, dryRun: request.dryRun, tables, campaigns, used, refusals },
    rejects: rejects && { file: rejects.path, rows: rejects.rows },
  }
}

/** What the old system has used, and the audit of the import. */
function finish(
  { pool, clock, timezone }: LegacyDeps,
  { userId, prefix }: LegacyRequest,
  { budgets, tables, campaigns }: { budgets: readonly string[]; tables: readonly TableCount[]; campaigns: number },
): Promise<OutsideUse[]> {
  return transaction(pool, async tx => {
    await withoutTimeLimits(tx)
    const used = await recordOutsideUse(tx, budgets, { userId, timezone, now: clock.now() })
    const detail = { tables, campaigns }
    await recordAudit(tx, { userId, action: 'legacy.import', subject: 'Legacy', subjectId: prefix, detail })
    return used
  })
}

function nothingFound(name: string, prefix: string): CampError {
  return new CampError('FILE_EMPTY', t`${name} has no rows of the old system's tables with the prefix ${prefix}`, {
    hint: t`The tables are named like wp_envios_pendentes. For another prefix: camp legacy import FROM --prefix PREFIX`,
  })
}

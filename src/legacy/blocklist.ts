import { applyStaged, openStaging, type StagedRow } from '../blocklist/sync/apply-difference.ts'
import { cancelledBy } from '../database/cancel.ts'
import { type Tx, transaction, withoutTimeLimits } from '../database/pool.ts'
import { parseDocument } from '../recipient/document.ts'
import { canonicalPhones } from '../recipient/phone.ts'
import { recordAudit } from '../security/audit-log.ts'
import type { Step } from './deps.ts'
import type { LegacyRow, LegacySource } from './source/row.ts'
import { LARGE } from './tables.ts'
import type { Tally } from './tally.ts'

const TABLE = 'pc_blocklist'

/** The source of the old system's entries. `camp blocklist remove --all --source legacy` removes them. */
const SOURCE = 'legacy'

/** Takes the old blocklist in one transaction: all of it or nothing. It applies to campaigns of every purpose. */
export async function takeBlocklist(step: Step, source: LegacySource): Promise<void> {
  const { deps, request, tally } = step
  const rejects: Parameters<Tally['refused']>[0][] = []
  const done = await transaction(deps.pool, tx =>
    cancelledBy(deps.signal, deps.pool, tx, async () => {
      rejects.length = 0
      await withoutTimeLimits(tx)
      return applyAll(tx, step, source, reject => rejects.push(reject))
    }),
  ).catch(error => {
    if (error instanceof RolledBack) return error.done
    throw error
  })
  for (const reject of rejects) tally.refused(reject)
  if (done.added > 0) tally.taken(TABLE, done.added)
  if (done.rows > done.added) tally.already(TABLE, done.rows - done.added)

  async function applyAll(tx: Tx, { deps: { clock, signal } }: Step, from: LegacySource, onReject: Tally['refused']) {
    const staging = await openStaging(tx)
    let rows = 0
    try {
      for await (const { rows: read } of from.read({ pc_blocklist: LARGE.pc_blocklist })) {
        signal.throwIfAborted()
        const staged = read.flatMap(row => entryOf(row, rows, onReject))
        rows += staged.length
        await staging.add(staged)
      }
      await staging.end()
    } catch (error) {
      await staging.abort()
      throw error
    }
    const delta = await applyStaged(tx, { source: SOURCE, purpose: null, replace: false, now: clock.now() })
    const result = { rows, added: Math.min(delta.added, rows) }
    if (request.dryRun) throw new RolledBack(result)
    if (delta.added > 0)
      await recordAudit(tx, {
        userId: request.userId,
        action: 'blocklist.legacy',
        subject: 'Blocklist',
        subjectId: SOURCE,
        detail: { rows, added: delta.added },
      })
    return result
  }
}

/** Ends the transaction of a dry run. */
class RolledBack extends Error {
  readonly done: { rows: number; added: number }

  constructor(done: RolledBack['done']) {
    super('a dry run writes nothing')
    this.done = done
  }
}

function entryOf(row: LegacyRow, line: number, onReject: Tally['refused']): StagedRow[] {
  const [id, value] = [row.id ?? '', row.valor ?? '']
  const refuse = (code: 'INVALID_PHONE' | 'INVALID_DOCUMENT' | 'TYPE_UNKNOWN', detail: string) => {
    onReject({ table: TABLE, id, code, detail })
    return []
  }
  const reason = row.motivo?.replaceAll('\0', '') || null
  if (row.tipo === 'telefone') {
    const phones = canonicalPhones(value)
    if (phones.length === 0) return refuse('INVALID_PHONE', 'it has no valid phone')
    return [{ line, named: phones.map(phone => ({ kind: 'phone', value: phone })), reason }]
  }
  if (row.tipo === 'cpf') {
    const { document, problem } = parseDocument(value)
    if (document === undefined) return refuse('INVALID_DOCUMENT', problem)
    return [{ line, named: [{ kind: 'cpf_cnpj', value: document }], reason }]
  }
  return refuse('TYPE_UNKNOWN', 'its tipo is neither telefone nor cpf')
}

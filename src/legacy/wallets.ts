import { v7 as uuidv7 } from 'uuid'
import { addWallet, listWallets } from '../catalog/wallets.ts'
import { isName } from '../visible.ts'
import type { Step } from './deps.ts'
import type { LegacyRow } from './source/row.ts'
import { type Survey, wholeNumber } from './survey.ts'

export interface WalletRef {
  /** In a dry run a new wallet's id is of no row. */
  id: string
  name: string
  idgis: number
}

/** The wallets by what the old system calls them. */
export interface Wallets {
  byCarteira: ReadonlyMap<string, WalletRef>
  /** By the id of the row of the wallets' table. */
  byRow: ReadonlyMap<string, WalletRef>
  /** camp's, also those that the old system does not have. */
  byIdgis: ReadonlyMap<number, WalletRef>
}

/** Takes the old wallets. One with the idgis number of a wallet of camp is that wallet, which stays as it is. */
export async function takeWallets(step: Step, survey: Survey): Promise<Wallets> {
  const { deps, request, tally } = step
  const [table, rows] = newestOf(survey, 'pc_carteiras_v2', 'pc_carteiras')
  const existing: WalletRef[] = (await listWallets(deps.prisma)).map(({ id, name, idgis_ambiente }) => ({
    ...{ id, name, idgis: idgis_ambiente },
  }))
  const byIdgis = new Map(existing.map(wallet => [wallet.idgis, wallet]))
  const byCarteira = new Map<string, WalletRef>()
  const byRow = new Map<string, WalletRef>()
  const taken = new Set<number>()
  for (const row of rows) {
    const id = row.id ?? ''
    const refuse = (code: 'ID_UNUSABLE' | 'BAD_TEXT' | 'IDGIS_UNKNOWN' | 'NAME_TAKEN', detail: string) =>
      tally.refused({ table, id, code, detail })
    const [carteira, name] = [row.id_carteira?.trim() ?? '', row.nome?.trim() ?? '']
    const known = idgisOf(row, carteira, survey, request.idgis)
    if (carteira === '') refuse('ID_UNUSABLE', 'its id_carteira is empty')
    else if (!isName(name)) refuse('BAD_TEXT', 'its name cannot be used')
    else if (typeof known === 'string') refuse('IDGIS_UNKNOWN', known)
    else if (taken.has(known)) refuse('NAME_TAKEN', `another wallet of this import has the idgis number ${known}`)
    else {
      const there = byIdgis.get(known)
      const namesake = [...byIdgis.values()].find(other => other.name.toLowerCase() === name.toLowerCase())
      if (!there && namesake) {
        refuse('NAME_TAKEN', `a wallet with its name has the idgis number ${namesake.idgis}, not ${known}`)
        continue
      }
      const wallet = there ?? (await add(step, name, known))
      if (there) tally.already(table)
      else tally.taken(table)
      taken.add(known)
      byIdgis.set(known, wallet)
      byCarteira.set(carteira, wallet)
      byRow.set(id, wallet)
    }
  }
  return { byCarteira, byRow, byIdgis }
}

/** The rows of the newer of two versions of a table that has any. */
export function newestOf<Newer extends keyof Survey['rows'], Older extends keyof Survey['rows']>(
  { rows }: Survey,
  newer: Newer,
  older: Older,
): [Newer | Older, readonly LegacyRow[]] {
  return rows[newer].length > 0 ? [newer, rows[newer]] : [older, rows[older]]
}

/** @returns the number, or why it is not known */
function idgisOf(
  row: LegacyRow,
  carteira: string,
  survey: Survey,
  given: Readonly<Record<string, number>>,
): number | string {
  const stated = Object.hasOwn(given, carteira) ? given[carteira] : wholeNumber(row.idgis_ambiente)
  if (stated !== undefined && stated > 0) return stated
  const found = [...(survey.idgisOf.get(carteira) ?? [])].sort((a, b) => a - b)
  if (found.length === 1) return found[0]!
  if (found.length === 0) return `no message has its idgis number: --idgis ${carteira}=NUMBER`
  return `its messages have the idgis numbers ${found.slice(0, 5).join(', ')}: --idgis ${carteira}=NUMBER`
}

async function add({ deps, request }: Step, name: string, idgis: number): Promise<WalletRef> {
  if (request.dryRun) return { id: uuidv7(), name, idgis }
  const { id } = await addWallet(deps.prisma, { id: request.userId }, { name, idgis_ambiente: idgis })
  return { id, name, idgis }
}

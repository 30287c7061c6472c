import type { LegacyRow, LegacySource } from './source/row.ts'
import { SMALL, type SmallTable, WALLETS_OF_SENDS } from './tables.ts'

/** What the first pass has found: the small tables, and which idgis numbers the messages of a wallet have. */
export interface Survey {
  rows: Readonly<Record<SmallTable, readonly LegacyRow[]>>
  /** By id_carteira. */
  idgisOf: ReadonlyMap<string, ReadonlySet<number>>
}

/** Options of WordPress may be megabytes of caches: only these are kept. */
export async function survey(source: LegacySource, options: readonly string[], signal: AbortSignal): Promise<Survey> {
  const rows = Object.fromEntries(Object.keys(SMALL).map(table => [table, []])) as unknown as Record<
    SmallTable,
    LegacyRow[]
  >
  const idgisOf = new Map<string, Set<number>>()
  for await (const found of source.read({ ...SMALL, ...WALLETS_OF_SENDS })) {
    signal.throwIfAborted()
    if (found.table === 'envios_pendentes') noteIdgis(idgisOf, found.rows)
    else if (found.table === 'options')
      rows.options.push(...found.rows.filter(row => options.includes(row.option_name ?? '')))
    else rows[found.table as SmallTable].push(...found.rows)
  }
  return { rows, idgisOf }
}

function noteIdgis(idgisOf: Map<string, Set<number>>, rows: readonly LegacyRow[]): void {
  for (const { id_carteira, idgis_ambiente } of rows) {
    const idgis = wholeNumber(idgis_ambiente)
    if (!id_carteira || idgis === undefined || idgis === 0) continue
    const known = idgisOf.get(id_carteira)
    if (known) known.add(idgis)
    else idgisOf.set(id_carteira, new Set([idgis]))
  }
}

const MOST = 2_147_483_647

/** @returns undefined unless it is a whole number that PostgreSQL's int has */
export function wholeNumber(text: string | null | undefined): number | undefined {
  if (!text || !/^\d{1,10}$/.test(text)) return undefined
  const number = Number(text)
  return number <= MOST ? number : undefined
}

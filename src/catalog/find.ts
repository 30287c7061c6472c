import { bestMatch, byId, byName, NEAR, notFound } from '../database/match-name.ts'
import type { PrismaClient } from '../database/prisma.ts'

/**
 * Each function finds a record by name (exact first, then ignoring case) or id; a wallet also by its idgis number, a template
 * also by its code. Each takes a client or a transaction.
 * @throws CampError NOT_FOUND, with similar names; USAGE if a name fits two records
 */
export async function findWallet({ wallet }: Pick<PrismaClient, 'wallet'>, ref: string) {
  const number = /^\d{1,9}$/.test(ref) ? [{ idgis_ambiente: Number(ref) }] : []
  const rows = await wallet.findMany({ where: { OR: [...byName(ref), ...byId(ref), ...number] } })
  const found = bestMatch('wallet', ref, rows, row => [row.name, row.id, String(row.idgis_ambiente)])
  if (found) return found
  const others = await wallet.findMany({ select: { name: true }, take: NEAR })
  throw notFound(
    'WALLET_NOT_FOUND',
    'wallet',
    ref,
    others.map(row => row.name),
  )
}

/** As `findWallet`. */
export async function findBroker({ broker }: Pick<PrismaClient, 'broker'>, ref: string) {
  const rows = await broker.findMany({ where: { OR: [...byName(ref), ...byId(ref)] } })
  const found = bestMatch('broker', ref, rows, row => [row.name, row.id])
  if (found) return found
  const others = await broker.findMany({ select: { name: true }, take: NEAR })
  throw notFound(
    'BROKER_NOT_FOUND',
    'broker',
    ref,
    others.map(row => row.name),
  )
}

/** As `findWallet`. */
export async function findTemplate({ template }: Pick<PrismaClient, 'template'>, ref: string) {
  const code = { template_code: { equals: ref, mode: 'insensitive' as const } }
  const rows = await template.findMany({ where: { OR: [{ template_code: ref }, code, ...byName(ref), ...byId(ref)] } })
  const found = bestMatch('template', ref, rows, row => [row.template_code, row.name, row.id])
  if (found) return found
  const others = await template.findMany({ select: { template_code: true }, take: NEAR })
  throw notFound(
    'TEMPLATE_NOT_FOUND',
    'template',
    ref,
    others.map(row => row.template_code),
  )
}

import { CampError } from '../errors.ts'
import type { PrismaClient } from './prisma.ts'

/**
 * Finds records as a user names them: by name (exact, then in any case) or id; a wallet by its idgis number too, a template by
 * its code. Each takes a client or a transaction.
 * @throws CampError NOT_FOUND, naming similar ones; USAGE if a name matches two
 */
export async function findWallet({ wallet }: Pick<PrismaClient, 'wallet'>, ref: string) {
  const number = /^\d{1,9}$/.test(ref) ? [{ idgis_ambiente: Number(ref) }] : []
  const rows = await wallet.findMany({ where: { OR: [...byName(ref), ...byId(ref), ...number] } })
  const found = best('wallet', ref, rows, row => [row.name, row.id, String(row.idgis_ambiente)])
  if (found) return found
  throw notFound(
    'wallet',
    ref,
    (await wallet.findMany({ select: { name: true }, take: NEAR })).map(row => row.name),
  )
}

export async function findBroker({ broker }: Pick<PrismaClient, 'broker'>, ref: string) {
  const rows = await broker.findMany({ where: { OR: [...byName(ref), ...byId(ref)] } })
  const found = best('broker', ref, rows, row => [row.name, row.id])
  if (found) return found
  throw notFound(
    'broker',
    ref,
    (await broker.findMany({ select: { name: true }, take: NEAR })).map(row => row.name),
  )
}

export async function findTemplate({ template }: Pick<PrismaClient, 'template'>, ref: string) {
  const code = { template_code: { equals: ref, mode: 'insensitive' as const } }
  const rows = await template.findMany({ where: { OR: [{ template_code: ref }, code, ...byName(ref), ...byId(ref)] } })
  const found = best('template', ref, rows, row => [row.template_code, row.name, row.id])
  if (found) return found
  const codes = await template.findMany({ select: { template_code: true }, take: NEAR })
  throw notFound(
    'template',
    ref,
    codes.map(row => row.template_code),
  )
}

export async function findUser({ user }: Pick<PrismaClient, 'user'>, ref: string) {
  const email = { email: { equals: ref, mode: 'insensitive' as const } }
  const rows = await user.findMany({ where: { OR: [{ email: ref }, email, ...byId(ref)] } })
  const found = best('user', ref, rows, row => [row.email, row.id])
  if (found) return found
  throw notFound(
    'user',
    ref,
    (await user.findMany({ select: { email: true }, take: NEAR })).map(row => row.email),
  )
}

const NOT_FOUND = {
  wallet: 'WALLET_NOT_FOUND',
  broker: 'BROKER_NOT_FOUND',
  template: 'TEMPLATE_NOT_FOUND',
  user: 'USER_NOT_FOUND',
} as const

// Maximum of names to search for similar ones: larger installations must use the list.
const NEAR = 500

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function byName(ref: string) {
  return [{ name: ref }, { name: { equals: ref, mode: 'insensitive' as const } }]
}

function byId(ref: string) {
  return UUID.test(ref) ? [{ id: ref }] : []
}

/**
 * The row whose first matching name is `ref`. Compared here again: Prisma's insensitive search is an ILIKE, to which "_" and
 * "%" in a name are wildcards.
 */
function best<Row>(what: string, ref: string, rows: readonly Row[], namesOf: (row: Row) => string[]): Row | undefined {
  const width = rows[0] ? namesOf(rows[0]).length : 0
  for (const same of [(a: string) => a === ref, (a: string) => a.toLowerCase() === ref.toLowerCase()]) {
    for (let i = 0; i < width; i++) {
      const fitting = rows.filter(row => same(namesOf(row)[i]!))
      if (fitting.length === 1) return fitting[0]
      if (fitting.length > 1) {
        const names = fitting.map(row => `"${namesOf(row)[0]}"`).join(' and ')
        throw new CampError('REFERENCE_AMBIGUOUS', `${what} "${ref}" fits ${names}`, {
          hint: 'Write the one you mean exactly, or give its id.',
        })
      }
    }
  }
  return undefined
}

function notFound(what: keyof typeof NOT_FOUND, ref: string, names: readonly string[]): CampError {
  const near = names.filter(name => isNear(name.toLowerCase(), ref.toLowerCase())).slice(0, 5)
  const hint =
    near.length > 0 ? `Did you mean ${near.map(name => `"${name}"`).join(' or ')}?` : `See: camp ${what} list`
  return new CampError(NOT_FOUND[what], `no ${what} "${ref}"`, { hint })
}

function isNear(name: string, ref: string): boolean {
  if (ref.length >= 3 && (name.includes(ref) || ref.includes(name))) return true
  return distance(name, ref) <= Math.max(1, Math.floor(ref.length / 4))
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}

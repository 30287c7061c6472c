import type { Prisma, PrismaClient } from '../database/prisma.ts'
import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'
import { canonicalPhone } from '../recipient/phone.ts'
import { auditRecord, type By, differences, orTaken } from './guards.ts'

/** A fish is a phone of our own. An import adds all fish to the campaign, except with --no-fish. */
type Fish = Prisma.FishModel

/** @param text a phone as typed @throws CampError INVALID_PHONE; NAME_TAKEN: another fish has the phone */
export async function addFish(prisma: PrismaClient, by: By, name: string, text: string): Promise<Fish> {
  const phone = phoneOf(text)
  return orTaken(
    prisma.$transaction(async tx => {
      const made = await tx.fish.create({ data: { name, phone } })
      await auditRecord(tx, by, 'Fish', 'add', { id: made.id, detail: { name, phone } })
      return made
    }),
    t`a fish with the phone ${phone} already exists`,
  )
}

/**
 * An absent field stays unchanged; the leads of campaigns that were imported before keep the old phone.
 * @throws CampError FISH_NOT_FOUND; REFERENCE_AMBIGUOUS; as `addFish`
 */
export async function changeFish(
  prisma: PrismaClient,
  by: By,
  ref: string,
  given: { name?: string | undefined; phone?: string | undefined },
): Promise<Fish> {
  const phone = given.phone === undefined ? undefined : phoneOf(given.phone)
  const change = { ...(given.name !== undefined && { name: given.name }), ...(phone !== undefined && { phone }) }
  return orTaken(
    prisma.$transaction(async tx => {
      const fish = await findFish(tx, ref)
      await auditRecord(tx, by, 'Fish', 'set', { id: fish.id, detail: differences(fish, change) })
      return tx.fish.update({ where: { id: fish.id }, data: change })
    }),
    t`a fish with the phone ${phone ?? ref} already exists`,
  )
}

function phoneOf(text: string): string {
  const { phone, problem } = canonicalPhone(text)
  if (phone === undefined) throw new CampError('INVALID_PHONE', t`"${text}" is not a phone: ${problem}`)
  return phone
}

/** All fish, sorted by name. */
export function listFish(prisma: PrismaClient): Promise<Fish[]> {
  return prisma.fish.findMany({ orderBy: { name: 'asc' } })
}

/** A fish by phone, name or id. @throws CampError FISH_NOT_FOUND; REFERENCE_AMBIGUOUS: several have the name */
export async function findFish({ fish: table }: Pick<PrismaClient, 'fish'>, ref: string): Promise<Fish> {
  const { phone } = canonicalPhone(ref)
  const all = await table.findMany({ orderBy: { id: 'asc' } })
  const fitting = all.filter(row => row.phone === phone || row.name === ref || row.id === ref)
  const [fish] = fitting
  if (!fish) throw noFish(ref)
  if (fitting.length === 1) return fish
  throw new CampError('REFERENCE_AMBIGUOUS', t`"${ref}" is the name of ${fitting.length} fish`, {
    hint: t`Use its phone instead.`,
  })
}

function noFish(ref: string): CampError {
  return new CampError('FISH_NOT_FOUND', t`no fish "${ref}"`, { hint: t`See: camp fish list` })
}

/** @throws CampError FISH_NOT_FOUND: it was removed meanwhile */
export async function removeFish(prisma: PrismaClient, by: By, { id, name, phone }: Fish): Promise<void> {
  await prisma.$transaction(async tx => {
    if ((await tx.fish.deleteMany({ where: { id } })).count === 0) throw noFish(name)
    await auditRecord(tx, by, 'Fish', 'remove', { id, detail: { name, phone } })
  })
}

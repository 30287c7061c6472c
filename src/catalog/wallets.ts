import { formatMonth } from '../budget/month.ts'
import type { Prisma, PrismaClient } from '../database/prisma.ts'
import { findWallet } from './find.ts'
import { assertNameFree, assertUnused, auditRecord, type By, differences, orTaken, taken } from './guards.ts'

/** A wallet pays for campaigns. */
export type Wallet = Prisma.WalletModel

/** @throws CampError NAME_TAKEN: another wallet has the name, ignoring case, or the idgis number */
export async function addWallet(
  prisma: PrismaClient,
  by: By,
  data: { name: string; idgis_ambiente: number },
): Promise<Wallet> {
  const { name, idgis_ambiente } = data
  return orTaken(
    prisma.$transaction(async tx => {
      assertNameFree('wallet', name, await tx.wallet.findMany({ select: { name: true } }))
      await assertNumberFree(tx, idgis_ambiente)
      const made = await tx.wallet.create({ data })
      await auditRecord(tx, by, 'Wallet', 'add', { id: made.id, detail: data })
      return made
    }),
    `another wallet has the idgis ${idgis_ambiente} or the name "${name}"`,
  )
}

async function assertNumberFree({ wallet }: Pick<PrismaClient, 'wallet'>, idgis_ambiente: number): Promise<void> {
  const same = await wallet.findUnique({ where: { idgis_ambiente } })
  if (same) throw taken(`the wallet "${same.name}" already has the idgis ${idgis_ambiente}`)
}

/** All wallets, sorted by name. */
export function listWallets(prisma: PrismaClient): Promise<Wallet[]> {
  return prisma.wallet.findMany({ orderBy: { name: 'asc' } })
}

export interface WalletView extends Wallet {
  /** Names of the brokers at which it has a credential, sorted. */
  brokers: string[]
  /** Months with a budget, YYYY-MM, earliest first. */
  budgets: string[]
  /** Number of its campaigns. */
  campaigns: number
}

/** @throws CampError WALLET_NOT_FOUND */
export async function showWallet(prisma: PrismaClient, ref: string): Promise<WalletView> {
  const wallet = await findWallet(prisma, ref)
  const where = { wallet_id: wallet.id }
  const credentials = await prisma.credential.findMany({ where, select: { broker: { select: { name: true } } } })
  const budgets = await prisma.budget.findMany({
    where,
    select: { year: true, month: true },
    orderBy: [{ year: 'asc' }, { month: 'asc' }],
  })
  return {
    ...wallet,
    brokers: credentials.map(credential => credential.broker.name).sort(),
    budgets: budgets.map(formatMonth),
    campaigns: await prisma.campaign.count({ where }),
  }
}

/** An absent field stays unchanged. @throws CampError WALLET_NOT_FOUND; NAME_TAKEN */
export async function changeWallet(
  prisma: PrismaClient,
  by: By,
  ref: string,
  change: { name?: string; idgis_ambiente?: number },
): Promise<Wallet> {
  return orTaken(
    prisma.$transaction(async tx => {
      const wallet = await findWallet(tx, ref)
      const others = { where: { NOT: { id: wallet.id } }, select: { name: true } }
      if (change.name) assertNameFree('wallet', change.name, await tx.wallet.findMany(others))
      const { idgis_ambiente } = change
      if (idgis_ambiente !== undefined && idgis_ambiente !== wallet.idgis_ambiente)
        await assertNumberFree(tx, idgis_ambiente)
      await auditRecord(tx, by, 'Wallet', 'set', { id: wallet.id, detail: differences(wallet, change) })
      return tx.wallet.update({ where: { id: wallet.id }, data: change })
    }),
    'another wallet has this name or idgis',
  )
}

/** A wallet that no campaign uses, recurring ones included. @throws CampError WALLET_NOT_FOUND; RECORD_IN_USE */
export async function findUnusedWallet(prisma: PrismaClient, ref: string): Promise<Wallet> {
  const wallet = await findWallet(prisma, ref)
  await assertWalletUnused(prisma, wallet)
  return wallet
}

/** Removes the wallet, its credentials and its budgets. @throws CampError RECORD_IN_USE */
export async function removeWallet(prisma: PrismaClient, by: By, wallet: Wallet): Promise<void> {
  const { id, name, idgis_ambiente } = wallet
  await prisma.$transaction(async tx => {
    // The lock is held until the commit: a concurrent import for this wallet waits, and then does not find it.
    await tx.$queryRaw`SELECT id FROM "Wallet" WHERE id = ${id}::uuid FOR UPDATE`
    await assertWalletUnused(tx, wallet)
    await tx.wallet.delete({ where: { id } })
    await auditRecord(tx, by, 'Wallet', 'remove', { id, detail: { name, idgis_ambiente } })
  })
}

function assertWalletUnused(
  prisma: Pick<Prisma.TransactionClient, 'campaign' | 'recurrence'>,
  { id, name }: Wallet,
): Promise<void> {
  return assertUnused(prisma, `wallet "${name}"`, { wallet_id: id })
}

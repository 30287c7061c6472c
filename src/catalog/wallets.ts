import { formatMonth } from '../budget/month.ts'
import type { Prisma, PrismaClient } from '../database/prisma.ts'
import { t } from '../language/text.ts'
import { findWallet } from './find.ts'
import { assertNameFree, assertUnused, auditRecord, type By, differences, orTaken, taken } from './guards.ts'
import { defaultColumns, type GivenDefaults, WITH_DEFAULTS } from './wallet-defaults.ts'

/** A wallet pays for campaigns. */
export type Wallet = Prisma.WalletModel

/** A wallet for display: the defaults of its imports by name, code and text. */
export type WalletRow = ReturnType<typeof walletRow>

/**
 * @throws CampError NAME_TAKEN: another wallet has the name, ignoring case, or the idgis number; NOT_FOUND or USAGE for a default
 * (`defaultColumns`)
 */
export async function addWallet(
  prisma: PrismaClient,
  by: By,
  given: { name: string; idgis_ambiente: number } & GivenDefaults,
): Promise<WalletRow> {
  const { name, idgis_ambiente } = given
  return orTaken(
    prisma.$transaction(async tx => {
      assertNameFree(name, await tx.wallet.findMany({ select: { name: true } }), nameTaken)
      await assertNumberFree(tx, idgis_ambiente)
      const data = { name, idgis_ambiente, ...(await defaultColumns(tx, given)) }
      const made = await tx.wallet.create<{ data: typeof data; include: typeof WITH_DEFAULTS }>({
        data,
        include: WITH_DEFAULTS,
      })
      await auditRecord(tx, by, 'Wallet', 'add', { id: made.id, detail: data })
      return walletRow(made)
    }),
    t`another wallet has the idgis ${idgis_ambiente} or the name "${name}"`,
  )
}

async function assertNumberFree({ wallet }: Pick<PrismaClient, 'wallet'>, idgis_ambiente: number): Promise<void> {
  const same = await wallet.findUnique({ where: { idgis_ambiente } })
  if (same) throw taken(t`the wallet "${same.name}" already has the idgis ${idgis_ambiente}`)
}

/** All wallets, sorted by name. */
export async function listWallets(prisma: PrismaClient): Promise<WalletRow[]> {
  return (await prisma.wallet.findMany({ orderBy: { name: 'asc' }, include: WITH_DEFAULTS })).map(walletRow)
}

export interface WalletView extends WalletRow {
  /** Names of the brokers at which it has a credential, sorted. */
  brokers: string[]
  /** Months with a budget, YYYY-MM, earliest first. */
  budgets: string[]
  /** Number of its campaigns. */
  campaigns: number
}

/** @throws CampError WALLET_NOT_FOUND */
export async function showWallet(prisma: PrismaClient, ref: string): Promise<WalletView> {
  const { id } = await findWallet(prisma, ref)
  const wallet = await prisma.wallet.findUniqueOrThrow({ where: { id }, include: WITH_DEFAULTS })
  const where = { wallet_id: id }
  const credentials = await prisma.credential.findMany({ where, select: { broker: { select: { name: true } } } })
  const budgets = await prisma.budget.findMany({
    where,
    select: { year: true, month: true },
    orderBy: [{ year: 'asc' }, { month: 'asc' }],
  })
  return {
    ...walletRow(wallet),
    brokers: credentials.map(credential => credential.broker.name).sort(),
    budgets: budgets.map(formatMonth),
    campaigns: await prisma.campaign.count({ where }),
  }
}

/** An absent field stays unchanged. @throws CampError WALLET_NOT_FOUND; as `addWallet` */
export async function changeWallet(
  prisma: PrismaClient,
  by: By,
  ref: string,
  given: { name?: string; idgis_ambiente?: number } & GivenDefaults,
): Promise<WalletRow> {
  return orTaken(
    prisma.$transaction(async tx => {
      const wallet = await findWallet(tx, ref)
      const others = { where: { NOT: { id: wallet.id } }, select: { name: true } }
      const { name, idgis_ambiente } = given
      if (name) assertNameFree(name, await tx.wallet.findMany(others), nameTaken)
      if (idgis_ambiente !== undefined && idgis_ambiente !== wallet.idgis_ambiente)
        await assertNumberFree(tx, idgis_ambiente)
      const change = {
        ...(name !== undefined && { name }),
        ...(idgis_ambiente !== undefined && { idgis_ambiente }),
        ...(await defaultColumns(tx, given)),
      }
      await auditRecord(tx, by, 'Wallet', 'set', { id: wallet.id, detail: differences(wallet, change) })
      return walletRow(await tx.wallet.update({ where: { id: wallet.id }, data: change, include: WITH_DEFAULTS }))
    }),
    t`another wallet has this name or idgis`,
  )
}

/** A wallet that no campaign uses, recurring ones included. @throws CampError WALLET_NOT_FOUND; RECORD_IN_USE */
export async function findUnusedWallet(prisma: PrismaClient, ref: string): Promise<Wallet> {
  const wallet = await findWallet(prisma, ref)
  await assertWalletUnused(prisma, wallet)
  return wallet
}

/** Removes the wallet, its credentials and its budgets. @throws CampError RECORD_IN_USE; WALLET_NOT_FOUND: it was removed meanwhile */
export async function removeWallet(prisma: PrismaClient, by: By, wallet: Wallet): Promise<void> {
  const { id, name, idgis_ambiente } = wallet
  await prisma.$transaction(async tx => {
    // The lock is held until the commit: a concurrent import for this wallet waits, and then does not find it.
    await tx.$queryRaw`SELECT id FROM "Wallet" WHERE id = ${id}::uuid FOR UPDATE`
    await findWallet(tx, id)
    await assertWalletUnused(tx, wallet)
    await tx.wallet.delete({ where: { id } })
    await auditRecord(tx, by, 'Wallet', 'remove', { id, detail: { name, idgis_ambiente } })
  })
}

function assertWalletUnused(
  prisma: Pick<Prisma.TransactionClient, 'campaign' | 'recurrence'>,
  { id, name }: Wallet,
): Promise<void> {
  return assertUnused(prisma, t`wallet "${name}"`, { wallet_id: id })
}

function walletRow(wallet: Prisma.WalletGetPayload<{ include: typeof WITH_DEFAULTS }>) {
  const {
    default_broker_id: _broker,
    default_template_id: _template,
    default_broker,
    default_template,
    ...row
  } = wallet
  return {
    ...row,
    default_broker: default_broker?.name ?? null,
    default_template: default_template?.template_code ?? null,
  }
}

const nameTaken = (name: string) => t`the wallet "${name}" already exists`

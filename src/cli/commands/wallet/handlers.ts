import { findWallet } from '../../../catalog/find.ts'
import { auditRow } from '../../../security/audit-log.ts'
import { fields } from '../../blocks.ts'
import type { OptionsOf } from '../../command.ts'
import type { Context } from '../../context.ts'
import { orAdmin } from '../../permit.ts'
import { confirm } from '../../prompt.ts'
import { assertNameFree, assertSomething, assertUnused, differences, orTaken } from '../../records.ts'
import type * as commands from './index.ts'

export async function add(context: Context, name: string, { idgis }: OptionsOf<typeof commands.add>): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const wallet = await orTaken(
    prisma.$transaction(async tx => {
      assertNameFree('wallet', name, await tx.wallet.findMany({ select: { name: true } }))
      const made = await tx.wallet.create({ data: { name, idgis_ambiente: idgis } })
      const detail = { name, idgis_ambiente: idgis }
      const event = { userId: actor.id, action: 'wallet.add', subject: 'Wallet', subjectId: made.id, detail }
      await tx.auditEvent.create({ data: auditRow(event) })
      return made
    }),
    `another wallet has the idgis ${idgis} or the name "${name}"`,
  )
  context.out.result(wallet, `Added wallet "${wallet.name}" (idgis ${wallet.idgis_ambiente}).`)
}

export async function list(context: Context): Promise<void> {
  await context.actor()
  const prisma = await context.prisma()
  const wallets = await prisma.wallet.findMany({ orderBy: { name: 'asc' } })
  context.out.list(
    wallets,
    [
      { title: 'NAME', value: wallet => wallet.name },
      { title: 'IDGIS', value: wallet => String(wallet.idgis_ambiente), align: 'right' },
    ],
    `No wallets yet. ${await orAdmin(context, 'wallet add', 'Add one: camp wallet add NAME --idgis N', 'adds one')}`,
  )
}

export async function show(context: Context, ref: string): Promise<void> {
  await context.actor()
  const prisma = await context.prisma()
  const wallet = await findWallet(prisma, ref)
  const mine = { wallet_id: wallet.id }
  const credentials = await prisma.credential.findMany({ where: mine, select: { broker: { select: { name: true } } } })
  const budgets = await prisma.budget.findMany({
    where: mine,
    select: { year: true, month: true },
    orderBy: [{ year: 'asc' }, { month: 'asc' }],
  })
  const view = {
    ...wallet,
    brokers: credentials.map(credential => credential.broker.name).sort(),
    budgets: budgets.map(({ year, month }) => `${year}-${String(month).padStart(2, '0')}`),
    campaigns: await prisma.campaign.count({ where: mine }),
  }
  context.out.result(view, () =>
    fields([
      ['name', view.name],
      ['idgis', String(view.idgis_ambiente)],
      ['id', view.id],
      ['brokers', view.brokers.join(', ') || 'none (camp credential set)'],
      ['budgets', view.budgets.join(', ') || 'none (camp budget set)'],
      ['campaigns', String(view.campaigns)],
    ]),
  )
}

export async function set(context: Context, ref: string, options: OptionsOf<typeof commands.set>): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const change = {
    ...(options.name !== undefined && { name: options.name }),
    ...(options.idgis !== undefined && { idgis_ambiente: options.idgis }),
  }
  assertSomething(change)
  const changed = await orTaken(
    prisma.$transaction(async tx => {
      const wallet = await findWallet(tx, ref)
      if (change.name)
        assertNameFree('wallet', change.name, await tx.wallet.findMany({ where: { NOT: { id: wallet.id } } }))
      const detail = differences(wallet, change)
      const event = { userId: actor.id, action: 'wallet.set', subject: 'Wallet', subjectId: wallet.id, detail }
      await tx.auditEvent.create({ data: auditRow(event) })
      return tx.wallet.update({ where: { id: wallet.id }, data: change })
    }),
    'another wallet has this name or idgis',
  )
  context.out.result(changed, `Wallet "${changed.name}" (idgis ${changed.idgis_ambiente}).`)
}

export async function remove(context: Context, ref: string): Promise<void> {
  const actor = await context.admin()
  const prisma = await context.prisma()
  const wallet = await findWallet(prisma, ref)
  await assertUnused(prisma, `wallet "${wallet.name}"`, { wallet_id: wallet.id })
  await confirm(context, `Remove wallet "${wallet.name}" with its credentials and budgets?`)
  await prisma.$transaction(async tx => {
    // Held until the end: a campaign that is being imported for it waits, and then finds no wallet.
    await tx.$queryRaw`SELECT id FROM "Wallet" WHERE id = ${wallet.id}::uuid FOR UPDATE`
    await assertUnused(tx, `wallet "${wallet.name}"`, { wallet_id: wallet.id })
    await tx.wallet.delete({ where: { id: wallet.id } })
    const detail = { name: wallet.name, idgis_ambiente: wallet.idgis_ambiente }
    const event = { userId: actor.id, action: 'wallet.remove', subject: 'Wallet', subjectId: wallet.id, detail }
    await tx.auditEvent.create({ data: auditRow(event) })
  })
  context.out.result({ removed: true, id: wallet.id, name: wallet.name }, `Removed wallet "${wallet.name}".`)
}

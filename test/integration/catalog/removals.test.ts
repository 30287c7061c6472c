import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { removeBroker } from '../../../src/catalog/brokers.ts'
import { removeFish } from '../../../src/catalog/fish.ts'
import { removeTemplate } from '../../../src/catalog/templates.ts'
import { removeWallet } from '../../../src/catalog/wallets.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene } from '../../support/fixtures.ts'

const db = useDatabase()

it('what another user has removed meanwhile is not found', async () => {
  const { prisma, pool } = db
  const { userId, walletId, brokerId } = await makeScene(pool, { budget: null })
  const by = { id: userId }
  const fish = await prisma.fish.create({ data: { id: randomUUID(), name: 'one', phone: '5511900000001' } })
  const template = await prisma.template.create({
    data: { id: randomUUID(), name: 'one', template_code: 'one', content: 'Olá' },
  })
  const broker = await prisma.broker.findUniqueOrThrow({ where: { id: brokerId } })
  const wallet = await prisma.wallet.findUniqueOrThrow({ where: { id: walletId } })
  const removals = {
    FISH_NOT_FOUND: () => removeFish(prisma, by, fish),
    TEMPLATE_NOT_FOUND: () => removeTemplate(prisma, by, template),
    BROKER_NOT_FOUND: () => removeBroker(prisma, by, broker),
    WALLET_NOT_FOUND: () => removeWallet(prisma, by, wallet),
  }
  for (const [code, remove] of Object.entries(removals)) {
    await remove()
    await expect(remove()).rejects.toMatchObject({ code })
  }
  const { rows } = await pool.query(`SELECT count(*)::int AS n FROM "AuditEvent" WHERE action LIKE '%.remove'`)
  expect(rows).toEqual([{ n: 4 }])
})

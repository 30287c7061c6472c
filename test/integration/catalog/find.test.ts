import { beforeAll, describe, expect, it } from 'vitest'
import { findBroker, findTemplate, findWallet } from '../../../src/catalog/find.ts'
import { findUser } from '../../../src/security/find-user.ts'
import { useDatabase } from '../../support/database.ts'

const db = useDatabase()
const WALLETS = { 'Carteira Norte': 1, 'carteira norte': 2, A_B: 3, AXB: 4, '7': 5, Acme: 7 }

beforeAll(async () => {
  for (const [name, idgis_ambiente] of Object.entries(WALLETS))
    await db.prisma.wallet.create({ data: { name, idgis_ambiente } })
  await db.prisma.broker.create({ data: { name: 'GOSAC principal', adapter: 'SANDBOX' } })
  await db.prisma.template.create({ data: { name: 'Acordo', template_code: 'acordo_v3', content: 'Oi {{1}}' } })
  await db.prisma.user.create({ data: { name: 'Ana', email: 'ana@example.com' } })
})

describe('a wallet is found', () => {
  it.each([
    ['Carteira Norte', 1],
    ['carteira norte', 2],
    ['acme', 7],
    ['a_b', 3],
    ['3', 3],
    ['7', 5], // its name comes before another's idgis number
  ])('by "%s"', async (ref, idgis) => {
    expect(await findWallet(db.prisma, ref)).toMatchObject({ idgis_ambiente: idgis })
  })

  it('by id, and inside a transaction', async () => {
    const { id } = await findWallet(db.prisma, 'Acme')
    expect(await db.prisma.$transaction(tx => findWallet(tx, id.toUpperCase()))).toMatchObject({ name: 'Acme' })
  })

  it('never by a name that fits two: it asks which', async () => {
    await expect(findWallet(db.prisma, 'CARTEIRA NORTE')).rejects.toMatchObject({
      code: 'REFERENCE_AMBIGUOUS',
      message: expect.stringMatching(/"Carteira Norte" and "carteira norte"|"carteira norte" and "Carteira Norte"/),
    })
  })

  it.each(['A%', 'Acm_', '%', '', '99999999999', "x'; DROP TABLE"])('never by "%s"', async ref => {
    await expect(findWallet(db.prisma, ref)).rejects.toMatchObject({
      code: 'WALLET_NOT_FOUND',
      message: `no wallet "${ref}"`,
    })
  })
})

it('names what comes near, or where to look', async () => {
  await expect(findWallet(db.prisma, 'Acmme')).rejects.toMatchObject({ hint: 'Did you mean "Acme"?' })
  await expect(findBroker(db.prisma, 'gosac')).rejects.toMatchObject({ hint: 'Did you mean "GOSAC principal"?' })
  await expect(findBroker(db.prisma, 'zzz')).rejects.toMatchObject({ hint: 'See: camp broker list' })
})

it('finds a template by code or name and a user by e-mail, in any case', async () => {
  expect(await findTemplate(db.prisma, 'ACORDO_V3')).toMatchObject({ name: 'Acordo' })
  expect(await findTemplate(db.prisma, 'acordo')).toMatchObject({ template_code: 'acordo_v3' })
  expect(await findUser(db.prisma, 'Ana@Example.com')).toMatchObject({ name: 'Ana' })
  await expect(findUser(db.prisma, 'nobody@example.com')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' })
})

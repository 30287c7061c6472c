import { expect, it } from 'vitest'
import {
  addToBlocklist,
  countBySource,
  entriesFor,
  findBlocked,
  removeFromBlocklist,
} from '../../../src/blocklist/blocklist.ts'
import { useDatabase } from '../../support/database.ts'

const db = useDatabase()
const [PHONE, OTHER, CPF] = ['5511987654321', '5555999998888', '52998224725']

it('finds who is blocked by phone or document, and nobody else', async () => {
  await addToBlocklist(db.pool, { phones: [PHONE], documents: [CPF], reason: 'asked for it', source: 'manual' })
  const blocked = await findBlocked(db.pool, [PHONE, OTHER], [CPF, '11144477735'])
  expect(blocked).toEqual({ phones: new Set([PHONE]), documents: new Set([CPF]) })
  expect(await findBlocked(db.pool, [], [])).toEqual({ phones: new Set(), documents: new Set() })
})

it('adds once, whoever repeats it, and keeps a reason that is not given again', async () => {
  const addition = { phones: [OTHER, OTHER], documents: [], source: 'manual' }
  expect(await addToBlocklist(db.pool, { ...addition, reason: 'court order' })).toBe(1)
  expect(await addToBlocklist(db.pool, { ...addition, reason: null })).toBe(0)
  expect(await entriesFor(db.pool, { phones: [OTHER], documents: [] })).toMatchObject([{ reason: 'court order' }])
})

it('holds one phone from two sources, counts by source, and removes it from both', async () => {
  const phone = '5521987654321'
  for (const source of ['manual', 'broker:Box'])
    await addToBlocklist(db.pool, { phones: [phone], documents: [], reason: null, source })
  expect(await entriesFor(db.pool, { phones: [phone], documents: [] })).toHaveLength(2)
  expect(await countBySource(db.pool)).toContainEqual({ source: 'broker:Box', phones: 1, documents: 0 })
  expect(
    (await removeFromBlocklist(db.pool, { phones: [phone], documents: [] })).map(entry => entry.source).sort(),
  ).toEqual(['broker:Box', 'manual'])
  expect((await findBlocked(db.pool, [phone], [])).phones.size).toBe(0)
})

it('is added to by many at once without an error or a second row', async () => {
  const phones = Array.from({ length: 200 }, (_, i) => `55119${String(80_000_000 + i)}`)
  const rounds = [phones, [...phones].reverse(), phones, [...phones].reverse()]
  const added = await Promise.all(
    rounds.map(list => addToBlocklist(db.pool, { phones: list, documents: [], reason: null, source: 'sync' })),
  )
  expect(added.reduce((sum, count) => sum + count, 0)).toBe(200)
})

import { describe, expect, it } from 'vitest'
import {
  addToBlocklist,
  countBySource,
  entriesFor,
  findBlocked,
  removeFromBlocklist,
} from '../../../src/blocklist/blocklist.ts'
import { readBlocklistFilter } from '../../../src/blocklist/filter.ts'
import { useDatabase } from '../../support/database.ts'

const db = useDatabase()
const [PHONE, OTHER, CPF] = ['5511987654321', '5555999998888', '52998224725']

it('finds who is blocked by phone or document, and no one else', async () => {
  await addToBlocklist(db.pool, {
    phones: [PHONE],
    documents: [CPF],
    reason: 'asked for it',
    source: 'manual',
    purpose: null,
  })
  const blocked = await findBlocked(db.pool, null, { phones: [PHONE, OTHER], documents: [CPF, '11144477735'] })
  expect(blocked).toEqual({ phones: new Set([PHONE]), documents: new Set([CPF]) })
  expect(await findBlocked(db.pool, null, { phones: [], documents: [] })).toEqual({
    phones: new Set(),
    documents: new Set(),
  })
})

it('adds once, also when another user repeats it, and keeps a reason that is not given again', async () => {
  const addition = { phones: [OTHER, OTHER], documents: [], source: 'manual', purpose: null }
  expect(await addToBlocklist(db.pool, { ...addition, reason: 'court order' })).toBe(1)
  expect(await addToBlocklist(db.pool, { ...addition, reason: null })).toBe(0)
  expect(await entriesFor(db.pool, { phones: [OTHER], documents: [] })).toMatchObject([{ reason: 'court order' }])
})

it('holds one phone from two sources, counts by source, and removes it from both', async () => {
  const phone = '5521987654321'
  for (const source of ['manual', 'broker:Box'])
    await addToBlocklist(db.pool, { phones: [phone], documents: [], reason: null, source, purpose: null })
  expect(await entriesFor(db.pool, { phones: [phone], documents: [] })).toHaveLength(2)
  expect(await countBySource(db.pool)).toContainEqual({
    source: 'broker:Box',
    phones: 1,
    documents: 0,
    purposes: [null],
  })
  expect(
    (await removeFromBlocklist(db.pool, { phones: [phone], documents: [] })).map(entry => entry.source).sort(),
  ).toEqual(['broker:Box', 'manual'])
  expect((await findBlocked(db.pool, null, { phones: [phone], documents: [] })).phones.size).toBe(0)
})

it('is added to by many at once without an error or a second row', async () => {
  const phones = Array.from({ length: 200 }, (_, i) => `55119${String(80_000_000 + i)}`)
  const rounds = [phones, [...phones].reverse(), phones, [...phones].reverse()]
  const added = await Promise.all(
    rounds.map(list =>
      addToBlocklist(db.pool, { phones: list, documents: [], reason: null, source: 'sync', purpose: null }),
    ),
  )
  expect(added.reduce((sum, count) => sum + count, 0)).toBe(200)
})

describe('an entry for one purpose', () => {
  const [phone, document] = ['5531987654321', '11144477735']
  const blocked = async (purpose: string | null) => {
    const found = await findBlocked(db.pool, purpose, { phones: [phone], documents: [document] })
    return [found.phones.has(phone), found.documents.has(document)]
  }
  const add = (purpose: string | null) =>
    addToBlocklist(db.pool, { phones: [phone], documents: [document], reason: null, source: 'list', purpose })

  it('binds campaigns of that purpose and those without one', async () => {
    await add('offers')
    expect(await blocked('offers')).toEqual([true, true])
    expect(await blocked(null)).toEqual([true, true])
    expect(await blocked('collection')).toEqual([false, false])
  })

  it('binds everything once it is named for another purpose too: to add never unblocks', async () => {
    await add('offers')
    expect(await blocked('collection')).toEqual([false, false])
    await add('collection')
    expect(await blocked('collection')).toEqual([true, true])
    expect(await blocked('survey')).toEqual([true, true])
    await add('offers')
    expect(await blocked('survey')).toEqual([true, true])
  })
})

const ongoing = new AbortController().signal

it('is read into a filter that holds its phones and documents of every purpose, unless it is too long', async () => {
  const [phones, documents] = [['5531988880001', '5531988880002'], ['39053344705']]
  await addToBlocklist(db.pool, { phones, documents, reason: null, source: 'list', purpose: 'offers' })
  const filter = await readBlocklistFilter(db.pool, 1_000_000, ongoing)
  expect([...phones, ...documents].every(value => filter?.has(value))).toBe(true)
  expect(filter?.has('5531988880003')).toBe(false)
  await db.pool.query('ANALYZE "Blocklist"')
  expect(await readBlocklistFilter(db.pool, 1, ongoing)).toBeUndefined()
})

it('stops reading the filter when it is aborted, and gives no broken connection back', async () => {
  await expect(readBlocklistFilter(db.pool, 1_000_000, AbortSignal.abort())).rejects.toThrow(
    expect.objectContaining({ name: 'AbortError' }),
  )
  const asked = Array.from({ length: 20 }, () => db.pool.query('SELECT 1 AS one'))
  expect((await Promise.all(asked)).map(({ rows }) => rows)).toEqual(asked.map(() => [{ one: 1 }]))
})

import { v7 as uuid } from 'uuid'
import { beforeEach, expect, test } from 'vitest'
import { transaction } from '../../../src/database/pool.ts'
import { type Recipient, releaseContacts, takeContacts } from '../../../src/dispatch/claim/frequency-cap.ts'
import { useDatabase } from '../../support/database.ts'

const db = useDatabase()
const NOW = new Date('2026-11-24T15:00:00Z')
const DAY_MS = 24 * 3_600_000

beforeEach(async () => {
  await db.pool.query('TRUNCATE "Contact"')
})

const person = (phone: string, cpf_cnpj: string | null = null): Recipient => ({ leadId: uuid(), phone, cpf_cnpj })

/** Which of them may be sent to, by their place in the batch. */
async function winners(batch: readonly Recipient[], { at = NOW, lifted = false } = {}): Promise<number[]> {
  const taken = await transaction(db.pool, tx => takeContacts(tx, batch, { from: at, to: at }, lifted))
  return batch.flatMap(({ leadId }, i) => (taken.has(leadId) ? [i] : []))
}

test('a phone or a document is free again after 24 hours, not a millisecond before', async () => {
  expect(await winners([person('1', 'A')])).toEqual([0])
  const later = [person('1'), person('2', 'A'), person('3')]
  expect(await winners(later, { at: new Date(NOW.getTime() + DAY_MS - 1) })).toEqual([2])
  expect(await winners(later, { at: new Date(NOW.getTime() + DAY_MS) })).toEqual([0, 1, 2])
})

test('a lead that loses by the document holds nothing by the phone', async () => {
  await winners([person('1', 'A')])
  expect(await winners([person('2', 'A'), person('3', 'B')])).toEqual([1])
  expect(await winners([person('2'), person('3')])).toEqual([0])
})

test('of two in one batch that share a document the first wins; after a loser the next one has its turn', async () => {
  expect(await winners([person('1', 'A'), person('2', 'A')])).toEqual([0])
  expect(await winners([person('1', 'B'), person('3', 'B'), person('4', 'B')])).toEqual([1])
})

test('what was refused gives its slots back, and no other lead its own', async () => {
  const first = person('1', 'A')
  await winners([first])
  await transaction(db.pool, tx => releaseContacts(tx, [person('1', 'A')]))
  expect(await winners([person('1')])).toEqual([])
  await transaction(db.pool, tx => releaseContacts(tx, [first]))
  expect(await winners([person('1', 'A')])).toEqual([0])
})

test('without a cap every lead is sent, and holds the slots against the others', async () => {
  await winners([person('1', 'A')])
  expect(await winners([person('1'), person('2', 'A'), person('3', 'A')], { lifted: true })).toEqual([0, 1, 2])
  expect(await winners([person('2'), person('3')])).toEqual([])
})

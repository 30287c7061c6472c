import { expect, test } from 'vitest'
import { parsePairs } from '../../../src/cli/parse-pairs.ts'
import { cryptoRandom, newHandle, uuids } from '../../../src/database/ids.ts'
import { placeFish } from '../../../src/intake/fish.ts'
import { PhoneSet } from '../../../src/intake/phone-set.ts'
import { blockOf, MAX_IN_A_REGION, REFUSED_BLOCK, Sequencer, seqAfter, seqOf } from '../../../src/intake/sequence.ts'
import { REGIONS } from '../../../src/recipient/regions.ts'
import { parseDay } from '../../../src/time/day.ts'

test('numbers leads by region, refused rows last, all within PostgreSQL’s integer', () => {
  const sequence = new Sequencer()
  const [manaus, paulo] = [blockOf('5592900000001'), blockOf('5511900000001')]
  const numbers = [sequence.next(manaus), sequence.next(paulo), sequence.next(REFUSED_BLOCK), sequence.next(paulo)]
  expect(numbers).toEqual([seqOf(manaus, 1), 2, seqOf(REFUSED_BLOCK, 1), 4])
  expect(numbers[0]).toBeGreaterThan(seqAfter(paulo, MAX_IN_A_REGION))
  expect(seqAfter(REFUSED_BLOCK, MAX_IN_A_REGION)).toBeLessThan(2 ** 31)
  sequence.counts[paulo] = MAX_IN_A_REGION
  expect(() => sequence.next(paulo)).toThrow(expect.objectContaining({ code: 'FILE_TOO_LARGE' }))
})

test.each([
  [1, 10, [0]],
  [2, 10, [0, 10]],
  [3, 10, [0, 5, 10]],
  [5, 10, [0, 3, 5, 8, 10]],
  [3, 1, [0, 1, 2]],
  [4, 0, [0, 1, 2, 3]],
])('%i fish among %i leads go after leads %j', (fish, leads, after) => {
  const school = Array.from({ length: fish }, (_, i) => ({ name: `${i}`, phone: `551190000009${i}` }))
  const placed = placeFish(school, [leads, ...REGIONS.slice(1).map(() => 0), 0])
  expect(placed.map(one => one.after)).toEqual(after)
  expect(placed.map(one => one.seq % 2)).toEqual(school.map(() => 1))
})

test.each([10, 33, 47, 48, 49, 1_000, 25_001])(
  'fish among %i leads have numbers of their own, in their places or up to 16 later',
  leads => {
    const school = Array.from({ length: 25 }, (_, i) => ({ name: `${i}`, phone: `55119000000${10 + i}` }))
    const placed = placeFish(school, [leads, ...REGIONS.slice(1).map(() => 0), 0])
    const seqs = Array.from({ length: leads }, (_, i) => seqOf(0, i + 1))
    expect(new Set([...seqs, ...placed.map(one => one.seq)]).size).toBe(leads + 25)
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b))
    for (const [i, { after, seq }] of placed.entries()) {
      if (leads > 1_000) expect(after - Math.round((i / 24) * leads)).toBeLessThan(16)
      expect(seqs.filter(one => one < seq).length).toBe(Math.min(after, leads))
    }
  },
)

test('a set of phones knows on which line it has seen each, consecutive or not', () => {
  const set = new PhoneSet()
  const phones = Array.from({ length: 50_000 }, (_, i) => `55${11 + (i % 9)}${900_000_000 + Math.floor(i / 9)}`)
  expect(phones.every((phone, i) => set.add(phone, i + 2) === 0)).toBe(true)
  expect(phones.every((phone, i) => set.add(phone, 1) === i + 2)).toBe(true)
  expect(set.size).toBe(50_000)
})

test('ids are version 7, ascending and all different', () => {
  const next = uuids(new Date('2026-11-24T12:00:00Z'), cryptoRandom)
  const ids = Array.from({ length: 40_000 }, next)
  expect(ids.every(id => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true)
  expect(new Set(ids.map(id => id.slice(24))).size).toBeGreaterThan(39_990)
  expect(ids).toEqual([...ids].sort())
  expect(Number.parseInt(ids[0]!.replace('-', '').slice(0, 12), 16)).toBe(Date.parse('2026-11-24T12:00:00Z'))
})

test('a handle has the day and letters that are not mistaken for others', () => {
  const day = parseDay('24/11/2026')!
  expect(newHandle(day, cryptoRandom)).toMatch(/^C261124-[0-9A-HJKMNP-TV-Z]{5}$/)
})

test.each([
  ['24/11/2026', '2026-11-24'],
  ['4/1/26', '2026-01-04'],
  ['24-11-2026 10:20', '2026-11-24'],
  ['2026-11-24T10:20:00Z', '2026-11-24'],
  ['20261124', '2026-11-24'],
  ['46350', '2026-11-24'],
  ['31/02/2026', undefined],
  ['11/24/2026', undefined],
  ['ontem', undefined],
])('the day of %s is %s', (text, day) => {
  expect(parseDay(text)).toBe(day === undefined ? undefined : Date.parse(day) / 86_400_000)
})

test('pairs on the command line', () => {
  expect(parsePairs('--map', ['phone=TELEFONE, nome=Nome, completo,cpf=CPF', 'x=y=z'])).toEqual({
    phone: 'TELEFONE',
    nome: 'Nome, completo',
    cpf: 'CPF',
    x: 'y=z',
  })
  for (const wrong of ['phone', '=x', 'phone=']) {
    expect(() => parsePairs('--map', [wrong])).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  }
  expect(() => parsePairs('--map', ['a=1', 'a=2'])).toThrow(expect.objectContaining({ code: 'FIELD_TWICE' }))
})

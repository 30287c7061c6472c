import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  canonicalPhone,
  canonicalPhones,
  type ParsedPhone,
  type PhoneOptions,
  parsePhone,
} from '../../../src/recipient/phone.ts'
import { DDDS } from '../../../src/recipient/regions.ts'
import { tableCases } from '../../support/tables.ts'

test.each(tableCases('phones.tsv', ['written', 'expected']))('$written is $expected', ({ written, expected }) => {
  expectParsed(parsePhone(written), expected)
})

describe('beside a column of area codes', () => {
  test.each(tableCases('phones-and-area-codes.tsv', ['areaCode', 'written', 'expected']))(
    '$areaCode, $written is $expected',
    ({ areaCode, written, expected }) => expectParsed(parsePhone(written, { areaCode }), expected),
  )
})

describe('with the ninth digit repaired', () => {
  test.each(tableCases('phones-repaired.tsv', ['areaCode', 'written', 'expected']))(
    '$areaCode $written is $expected',
    ({ areaCode, written, expected }) => {
      const parsed = parsePhone(written, { areaCode, repair: true })
      expectParsed(parsed, expected.replace(/^\*/, ''))
      expect('repaired' in parsed).toBe(expected.startsWith('*'))
    },
  )
})

/** @param expected the phone, or "!" and a part of the reason */
function expectParsed(parsed: ParsedPhone, expected: string) {
  if (!expected.startsWith('!')) return expect(parsed).toMatchObject({ phone: expected })
  expect(parsed.phone).toBeUndefined()
  expect(parsed.problem).toContain(expected.slice(1))
}

test('a mobile with and without its ninth digit is one person, in blocklists and callbacks', () => {
  expect(canonicalPhone('1187654321')).toEqual({ phone: '5511987654321' })
  expect(canonicalPhone('551187654321')).toEqual({ phone: '5511987654321' })
  expect(canonicalPhone('11987654321')).toEqual({ phone: '5511987654321' })
  expect(canonicalPhone('1132221111')).toEqual({ phone: '551132221111' })
  expect(canonicalPhone('1112345678').phone).toBeUndefined()
})

describe('of any cell', () => {
  const cell = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'0123456789 ()-+./;,E='), maxLength: 30 }),
    fc.integer({ min: 1_000_000, max: 9_999_999_999_999 }).map(String),
    fc.string({ unit: 'binary', maxLength: 60 }),
  )
  const options = fc.record<PhoneOptions>({
    areaCode: fc.oneof(
      fc.constant(''),
      fc.constantFrom(...DDDS).map(String),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    repair: fc.boolean(),
  })

  test('what it accepts is a number of the numbering plan, and reading it again changes nothing', () => {
    fc.assert(
      fc.property(cell, options, (text, how) => {
        const { phone, problem } = parsePhone(text, how)
        if (phone === undefined) {
          expect(problem).not.toBe('')
          return
        }
        expect(phone).toMatch(/^55\d\d(9\d{8}|[2-5]\d{7})$/)
        expect(DDDS.has(Number(phone.slice(2, 4)))).toBe(true)
        expect(parsePhone(phone)).toEqual({ phone })
      }),
      { numRuns: 10_000 },
    )
  })
})

test('any spelling of a number parses to it, with or without the column of its area code', () => {
  fc.assert(
    fc.property(number, spelling, fc.boolean(), ({ ddd, subscriber }, spell, column) => {
      const phone = `55${ddd}${subscriber}`
      expect(parsePhone(spell(ddd, subscriber), column ? { areaCode: ddd } : {})).toEqual({ phone })
    }),
    { numRuns: 10_000 },
  )
})

test('any spelling of a number without its area code parses to it beside the column', () => {
  fc.assert(
    fc.property(number, around, fc.constantFrom('', ' ', '-', '.'), ({ ddd, subscriber }, wrap, sign) => {
      const written = wrap(`${subscriber.slice(0, -4)}${sign}${subscriber.slice(-4)}`)
      expect(parsePhone(written, { areaCode: ddd })).toEqual({ phone: `55${ddd}${subscriber}` })
      expect(parsePhone(subscriber).phone).toBeUndefined()
    }),
    { numRuns: 5_000 },
  )
})

const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`))

const number = fc.record({
  ddd: fc.constantFrom(...DDDS).map(String),
  subscriber: fc.oneof(
    digits(8).map(rest => `9${rest}`),
    fc.tuple(fc.constantFrom('2', '3', '4', '5'), digits(7)).map(([first, rest]) => `${first}${rest}`),
  ),
})

/** What may stand around a number in its cell: Excel's signs, a remark, an extension, another number. */
const around = fc.constantFrom<(text: string) => string>(
  text => text,
  text => `  ${text} `,
  text => `'${text}`,
  text => `="${text}"`,
  text => `tel: ${text}`,
  text => `falar com Maria ${text}`,
  text => `${text} (recado)`,
  text => `${text} ramal 22`,
  text => `${text} / (11) 3000-0000`,
  text => `123 ; ${text}`,
  text => `${text}\n(21) 99999-0000`,
)

const SIGNS: readonly (readonly [open: string, close: string, middle: string])[] = [
  ['', '', ''],
  ['(', ') ', '-'],
  ['', ' ', ' '],
  ['', '.', '.'],
  ['', '-', '-'],
  ['(', ')', ''],
]

const spelling = fc
  .record({
    // Country, trunk zero, carrier: each in its ways.
    before: fc.constantFrom('', '0', '0 15 ', '55 ', '+55 ', '+55 0', '0055', '00 21 55 ', '(+55) ', '(0xx'),
    signs: fc.constantFrom(...SIGNS),
    wrap: around,
  })
  .map(({ before, signs: [open, close, middle], wrap }) => (ddd: string, subscriber: string) => {
    const halves = `${subscriber.slice(0, -4)}${middle}${subscriber.slice(-4)}`
    return wrap(before === '(0xx' ? `(0xx${ddd}) ${halves}` : `${before}${open}${ddd}${close}${halves}`)
  })

describe('every number of a cell', () => {
  test.each([
    ['11987654321', ['5511987654321']],
    ['1187654321', ['5511987654321']],
    ['(11) 98765-4321 / (21) 3333-4444', ['5511987654321', '552133334444']],
    ['11 98765-4321 21 3333-4444', ['5511987654321', '552133334444']],
    ['+55 11 98765-4321, casa; 2133334444 (mãe) 31 91234-5678', ['5511987654321', '552133334444', '5531912345678']],
    ['ligar p/ 123, depois 11987654321', ['5511987654321']],
    ['11987654321 e de novo 11 98765-4321', ['5511987654321']],
    ['5,51199E+12', []],
    ['', []],
  ])('%s', (cell, phones) => {
    expect(canonicalPhones(cell)).toEqual(phones)
  })

  test('reads in bounded time a cell of a megabyte', () => {
    const words = Array.from({ length: 100_000 }, (_, i) => `x${i}`).join(' ')
    expect(canonicalPhones(`11987654321 / ${words}`)).toEqual(['5511987654321'])
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalPhone, canonicalPhones, parsePhone } from '../../../src/lead/phone.ts'
import { DDDS } from '../../../src/lead/zones.ts'

describe('reads any spelling of a mobile', () => {
  const spellings = [
    '11987654321',
    ' 11 98765-4321 ',
    '(11) 98765-4321',
    '(011) 98765-4321',
    '11.98765.4321',
    '11 9 8765 4321',
    '011987654321',
    '0 15 11 98765-4321',
    '01511987654321',
    '5511987654321',
    '+55 11 98765-4321',
    '+55 (11) 98765-4321',
    '(+55) 11 98765-4321',
    '+55 (011) 98765-4321',
    '005511987654321',
    '00 15 55 11 98765-4321',
    "'11987654321",
    '="11987654321"',
    '"11987654321"',
    '11987654321.0',
    '11987654321,00',
    '11.987.654.321',
    '11,987,654,321',
    '00011987654321',
    'tel: 11 98765-4321 (Maria)',
    'whatsapp 11987654321',
    '\u202a+55 11 98765\u20114321\u202c',
    '11\u00a098765–4321',
  ]
  test.each(spellings)('%j', spelling => {
    expect(parsePhone(spelling)).toEqual({ phone: '5511987654321' })
  })
})

describe('area code 55 is not the country', () => {
  test.each([
    ['55999998888', '5555999998888'],
    ['5555999998888', '5555999998888'],
    ['055999998888', '5555999998888'],
    ['+5555999998888', '5555999998888'],
    ['5532221111', '555532221111'],
    ['555532221111', '555532221111'],
    ['551132221111', '551132221111'],
  ])('%s is %s', (spelling, phone) => {
    expect(parsePhone(spelling)).toEqual({ phone })
  })
})

test.each([
  ['1132221111', '551132221111'],
  ['(51) 3222-1111', '555132221111'],
  ['0 21 41 4222-1111', '554142221111'],
])('a landline: %s', (spelling, phone) => {
  expect(parsePhone(spelling)).toEqual({ phone })
})

describe('of two numbers in a cell, the first valid one', () => {
  test.each([
    ['11 98765-4321 / 11 3222-1111', '5511987654321'],
    ['98765-4321 / 11 3222-1111', '551132221111'],
    ['11987654321;11912345678', '5511987654321'],
    ['11 98765-4321 ou 21 98765-4321', '5511987654321'],
    ['11 98765-4321 21 98765-4321', '5511987654321'],
    ['11987654321 3222-1111', '5511987654321'],
    ['+5511987654321 +5511912345678', '5511987654321'],
    ['11987654321\n11912345678', '5511987654321'],
  ])('%j', (cell, phone) => {
    expect(parsePhone(cell)).toEqual({ phone })
  })
})

describe('refuses, and says why', () => {
  test.each([
    ['', 'it is empty'],
    ['  ', 'it is empty'],
    ['=""', 'it is empty'],
    ['#######', 'it has no digits'],
    ['não tem', 'it has no digits'],
    ['5,51199E+12', 'Excel has written it in scientific notation, and the digits are lost'],
    ['5.51132221111E+12', 'Excel has written it in scientific notation, and the digits are lost'],
    ['1.1987654321e10', 'Excel has written it in scientific notation, and the digits are lost'],
    ['98765-4321', '9 digits are too few: an area code and 8 or 9 digits are needed'],
    ['119876543210', '12 digits are too many'],
    ['10987654321', 'there is no area code 10'],
    ['0800 123 4567', 'there is no area code 80'],
    ['1187654321', 'a landline has eight digits and begins with 2 to 5; a mobile has nine'],
    ['11887654321', 'a mobile has nine digits and begins with 9'],
    ['+1 212 555 0100', 'its country code is not 55'],
    // A French number whose digits would be a mobile of Minas Gerais.
    ['+33 9 87 65 43 21', 'its country code is not 55'],
    ['+55 99999-8888', undefined],
    ['00 33 9 87 65 43 21', undefined],
    // Ten digits that Excel has made a float: the zero behind the point is no eleventh.
    ['1198765432.0', undefined],
  ])('%j', (cell, problem) => {
    const parsed = parsePhone(cell)
    expect(parsed.phone).toBeUndefined()
    if (problem) expect(parsed.problem).toBe(problem)
  })
})

test('a mobile with and without its ninth digit is one person, in blocklists and callbacks', () => {
  expect(canonicalPhone('1187654321')).toEqual({ phone: '5511987654321' })
  expect(canonicalPhone('551187654321')).toEqual({ phone: '5511987654321' })
  expect(canonicalPhone('11987654321')).toEqual({ phone: '5511987654321' })
  expect(canonicalPhone('1132221111')).toEqual({ phone: '551132221111' })
  expect(canonicalPhone('1112345678').phone).toBeUndefined()
})

test('whatever it accepts is a number of the numbering plan, and reading it again changes nothing', () => {
  const cell = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'0123456789 ()-+./;,E='), maxLength: 30 }),
    fc.integer({ min: 1_000_000, max: 9_999_999_999_999 }).map(String),
  )
  fc.assert(
    fc.property(cell, text => {
      const { phone } = parsePhone(text)
      if (phone === undefined) return
      expect(phone).toMatch(/^55\d\d(9\d{8}|[2-5]\d{7})$/)
      expect(DDDS.has(Number(phone.slice(2, 4)))).toBe(true)
      expect(parsePhone(phone)).toEqual({ phone })
    }),
    { numRuns: 5_000 },
  )
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

  test('does not take for ever over a cell of a megabyte', () => {
    const words = Array.from({ length: 100_000 }, (_, i) => `x${i}`).join(' ')
    expect(canonicalPhones(`11987654321 / ${words}`)).toEqual(['5511987654321'])
  })
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parsePhone } from '../../../src/recipient/phone.ts'
import { DDDS } from '../../../src/recipient/regions.ts'
import { mailing, mailingFile } from '../../support/mailing.ts'

test('the demo’s mailing is what its generator makes', () => {
  const { bytes, facts } = mailingFile(10_000)
  expect(readFileSync('fixtures/demo/mailing.csv').equals(bytes)).toBe(true)
  expect(facts).toEqual({ rows: 10_000, pending: 9_732, INVALID_PHONE: 119, DUPLICATE: 149, BAD_DOCUMENT: 40 })
})

test('it has every area code, and what makes files of the trade hard to read', () => {
  const lines = [...mailing(10_000)]
  const phones = lines.filter(({ kind }) => kind === 'pending').map(({ line }) => parsePhone(line.split(';')[0]!).phone)
  expect(new Set(phones.map(phone => Number(phone?.slice(2, 4))))).toEqual(DDDS)
  const text = lines.map(({ line }) => line).join('')
  for (const hard of [
    '“Zé”',
    '’',
    '–',
    '…',
    '5,51199E+12',
    '="',
    '"acordo em 2x; aguarda boleto"',
    'ocupado\r\ntel. 2',
    '""ligo depois""',
  ]) {
    expect(text).toContain(hard)
  }
})

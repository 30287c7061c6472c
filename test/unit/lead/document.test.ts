import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDocument } from '../../../src/recipient/document.ts'
import { tableCases } from '../../support/tables.ts'

test.each(tableCases('documents.tsv', ['written', 'expected']))('$written is $expected', ({ written, expected }) => {
  const { document, problem } = parseDocument(written)
  if (!expected.startsWith('!')) return expect(document, problem).toBe(expected)
  expect(document).toBeUndefined()
  expect(problem).toContain(expected.slice(1))
})

test('of any cell, what it accepts is a document, and reading it again changes nothing', () => {
  const cell = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'0123456789.-/ AB=E+,'), maxLength: 20 }),
    fc.integer({ min: 0, max: 99_999_999_999_999 }).map(String),
    fc.string({ unit: 'binary', maxLength: 40 }),
  )
  fc.assert(
    fc.property(cell, text => {
      const { document, problem } = parseDocument(text)
      if (document === undefined) expect(problem).not.toBe('')
      else {
        expect(document).toMatch(/^(\d{11}|[0-9A-Z]{12}\d\d)$/)
        expect(parseDocument(document)).toEqual({ document })
      }
    }),
    { numRuns: 20_000 },
  )
})

test('any spelling of a CPF or CNPJ parses to it, with the zeros that Excel dropped', () => {
  const character = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ')
  const digit = fc.constantFrom(...'0123456789')
  const base = fc.oneof(
    fc.string({ unit: digit, minLength: 9, maxLength: 9 }),
    fc.string({ unit: digit, minLength: 12, maxLength: 12 }),
    fc.string({ unit: character, minLength: 12, maxLength: 12 }),
  )
  const document = base.map(withCheckDigits).filter(text => new Set(text).size > 1)
  fc.assert(
    fc.property(document, fc.constantFrom(...spellings), (text, spell) => {
      expect(parseDocument(spell(text))).toEqual({ document: text })
    }),
    { numRuns: 10_000 },
  )
})

const masked = (text: string) =>
  text.length === 11
    ? text.replace(/(.{3})(.{3})(.{3})(..)/, '$1.$2.$3-$4')
    : text.replace(/(..)(.{3})(.{3})(.{4})(..)/, '$1.$2.$3/$4-$5')

const spellings: readonly ((document: string) => string)[] = [
  text => text,
  masked,
  text => ` ${masked(text).toLowerCase()} `,
  text => `="${text}"`,
  text => `'${masked(text)}`,
  text => `${text.length === 11 ? 'CPF' : 'CNPJ'}: ${masked(text)}`,
]

/** As the Receita Federal writes it: each character's ASCII code less 48, by weights from 2 at the right. */
function withCheckDigits(base: string): string {
  const most = base.length === 9 ? 11 : 9
  let text = base
  for (let n = 0; n < 2; n++) {
    const sum = [...text]
      .reverse()
      .reduce((total, character, i) => total + (character.charCodeAt(0) - 48) * (2 + (i % (most - 1))), 0)
    text += sum % 11 < 2 ? 0 : 11 - (sum % 11)
  }
  return text
}

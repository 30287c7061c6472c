import fc from 'fast-check'
import { expect, it } from 'vitest'
import { storableText } from '../../../src/message/characters.ts'

it.each([
  ['Não há saldo – R$ 5,00 😀', 'Não há saldo – R$ 5,00 😀'],
  ['a\0b', 'a\ufffdb'],
  ['two\r\nlines\n\nand\ta tab', 'two lines and a tab'],
  ['\x1b[2J\x07\x9b', '\ufffd[2J\ufffd\ufffd'],
  ['ab\u202edc\u2066\u200e\u200bef', 'abdcef'],
  ['half \ud800, half \udc00', 'half \ufffd, half \ufffd'],
  ['\ufdd0\uffff', '\ufffd\ufffd'],
])('%j is stored as %j', (given, stored) => {
  expect(storableText(given, 100)).toBe(stored)
})

it('is cut, and not through a character', () => {
  expect(storableText('x'.repeat(5_000_000), 300)).toHaveLength(300)
  expect(storableText('😀😀', 3)).toBe('😀')
})

it('of any text: short, one line, nothing that PostgreSQL or a terminal does not take, and the same when it comes again', () => {
  const text = fc.string({ unit: 'binary', maxLength: 200 })
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 100 }), (given, most) => {
      const stored = storableText(given, most)
      expect(stored.length).toBeLessThanOrEqual(most)
      expect(stored).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u)
      expect(storableText(stored, most)).toBe(stored)
    }),
  )
})

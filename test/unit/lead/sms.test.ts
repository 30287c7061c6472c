import fc from 'fast-check'
import { expect, test } from 'vitest'
import { outsideGsm, smsParts } from '../../../src/message/sms-segments.ts'

test.each([
  ['nothing', '', 1, false],
  ['160 of the alphabet', 'a'.repeat(160), 1, false],
  ['161', 'a'.repeat(161), 2, false],
  ['2 × 153', 'a'.repeat(306), 2, false],
  ['and one more', 'a'.repeat(307), 3, false],
  ['accents that the alphabet has', 'àèéìòùÇÑñÜü'.repeat(14), 1, false],
  ['80 of its extension count twice', '€'.repeat(80), 1, false],
  ['81', '{'.repeat(81), 2, false],
  ['an escape is not cut in two', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 3, false],
  ['70 with ã', `ã${'a'.repeat(69)}`, 1, true],
  ['71', `ã${'a'.repeat(70)}`, 2, true],
  ['2 × 67', `ç${'a'.repeat(133)}`, 2, true],
  ['and one more', `ç${'a'.repeat(134)}`, 3, true],
  ['the last character decides', `${'a'.repeat(100)}ê`, 2, true],
  ['emoji count twice', '😀'.repeat(35), 1, true],
  ['36 of them', '😀'.repeat(36), 2, true],
  ['nor is an emoji cut in two', `${'ã'.repeat(66)}😀${'ã'.repeat(66)}`, 3, true],
  ['what Word makes of an apostrophe', 'D’Ávila', 1, true],
  ['a line break', 'a\nb\r\nc', 1, false],
])('%s', (_, text, count, unicode) => {
  expect(smsParts(text)).toEqual({ count, unicode })
})

test('names the characters that are not in the alphabet', () => {
  expect(outsideGsm('ação de João: não é €1 😀')).toEqual(['ç', 'ã', '😀'])
})

test('a longer text never takes less', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab ãç€{😀\n’'), maxLength: 400 })
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(smsParts(one + other).count).toBeGreaterThanOrEqual(smsParts(one).count)
    }),
  )
})

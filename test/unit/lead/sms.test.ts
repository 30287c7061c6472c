import fc from 'fast-check'
import { expect, test } from 'vitest'
import { smsParts } from '../../../src/lead/sms.ts'

test.each([
  ['nothing', '', 1, undefined],
  ['160 of the alphabet', 'a'.repeat(160), 1, undefined],
  ['161', 'a'.repeat(161), 2, undefined],
  ['2 × 153', 'a'.repeat(306), 2, undefined],
  ['and one more', 'a'.repeat(307), 3, undefined],
  ['accents that the alphabet has', 'àèéìòùÇÑñÜü'.repeat(14), 1, undefined],
  ['80 of its extension count twice', '€'.repeat(80), 1, undefined],
  ['81', '{'.repeat(81), 2, undefined],
  ['an escape is not cut in two', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 3, undefined],
  ['70 with ã', `ã${'a'.repeat(69)}`, 1, 'ã'],
  ['71', `ã${'a'.repeat(70)}`, 2, 'ã'],
  ['2 × 67', `ç${'a'.repeat(133)}`, 2, 'ç'],
  ['and one more', `ç${'a'.repeat(134)}`, 3, 'ç'],
  ['the last character decides', `${'a'.repeat(100)}ê`, 2, 'ê'],
  ['emoji count twice', '😀'.repeat(35), 1, '😀'],
  ['36 of them', '😀'.repeat(36), 2, '😀'],
  ['nor is an emoji cut in two', `${'ã'.repeat(66)}😀${'ã'.repeat(66)}`, 3, 'ã'],
  ['what Word makes of an apostrophe', 'D’Ávila', 1, '’'],
  ['a line break', 'a\nb\r\nc', 1, undefined],
])('%s', (_, text, count, unicode) => {
  expect(smsParts(text)).toEqual({ count, unicode })
})

test('a longer text never takes less', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab ãç€{😀\n’'), maxLength: 400 })
  fc.assert(
    fc.property(text, text, (one, other) => {
      expect(smsParts(one + other).count).toBeGreaterThanOrEqual(smsParts(one).count)
    }),
  )
})

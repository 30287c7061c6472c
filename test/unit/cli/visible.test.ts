import { describe, expect, it } from 'vitest'
import { fields, type Human, linesOf, plainText, styled } from '../../../src/cli/blocks.ts'
import { fold } from '../../../src/cli/fold.ts'
import { table } from '../../../src/cli/table.ts'
import { CampError } from '../../../src/errors.ts'
import { visible, visibleJson } from '../../../src/visible.ts'

describe('what a terminal would obey', () => {
  it.each([
    ['Olá João, 10 € – ok', 'Olá João, 10 € – ok'],
    ['a\x1b[2Jb\x07', 'a␛[2Jb␇'],
    ['a\r\nb\nc\rd\te', 'a⏎b⏎c␍d␉e'],
    ['a\x7f\x9b31m\x85', 'a␡\\u009b31m\\u0085'],
    ['\u202eabc\u2069\u200b\u2028\xad\ufeff', '\\u202eabc\\u2069\\u200b\\u2028\\u00ad\\ufeff'],
    ['\ud800x', '\\ud800x'],
    ['\u{e0041}', '\\udb40\\udc41'],
    ['👨‍👩‍👧 👍🏽‍👍 ❤️‍🔥', '👨‍👩‍👧 👍🏽‍👍 ❤️‍🔥'],
    ['a\u200db \u200d👍 👍\u200d', 'a\\u200db \\u200d👍 👍\\u200d'],
  ])('%j is shown as %s', (text, shown) => {
    expect(visible(text)).toBe(shown)
  })

  it('is escaped in JSON, which reads as the same value', () => {
    const value = { 'k\x9b': 'a\x1b\x7f\x9b\u202e\u{e0041}👨‍👩‍👧 é' }
    const json = visibleJson(JSON.stringify(value))
    expect(json).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(JSON.parse(json)).toEqual(value)
  })
})

describe('no value begins a line', () => {
  const forged = 'Oi\nleads  3: PENDING 3'
  const shown = (human: Human) => plainText(human).split('\n')

  it('in a string, a table, a field, or the hint of an error', () => {
    expect(shown(`Started ${forged}.`)).toEqual(['Started Oi⏎leads  3: PENDING 3.'])
    expect(shown(table([forged], [{ title: 'NAME', value: name => name }]))).toEqual(['NAME', 'Oi⏎leads  3: PENDING 3'])
    expect(
      shown(
        fields([
          ['name', 'x'],
          ['message', forged],
        ]),
      ),
    ).toEqual(['name     x', 'message  Oi', '         leads  3: PENDING 3'])
    expect(shown(fields([[forged, 'x']]))).toEqual(['Oi⏎leads  3: PENDING 3  x'])
    expect(new CampError('FILE_EMPTY', 'x', { hint: `Columns: ${forged}` }).hint).toBe(
      'Columns: Oi ⏎ leads  3: PENDING 3',
    )
    expect(new CampError('FILE_EMPTY', 'x', { hint: ['one', forged] }).hint).toBe('one\nOi ⏎ leads  3: PENDING 3')
  })

  it('where a terminal would wrap it', () => {
    const wrapped = (human: Human) => linesOf(human).flatMap(line => fold(line, 40).map(one => plainOf(one)))
    const padded = `Oi${' '.repeat(60)}leads     3: PENDING 3`
    expect(wrapped(fields([['message', padded]]))).toEqual(['message  Oi', '         leads     3: PENDING 3'])
    const blanks = '\u2800'.repeat(20)
    for (const text of [
      `Oi${blanks.repeat(3)}leads${blanks}3`,
      `${'語'.repeat(30)} leads 3`,
      `${'x'.repeat(70)} leads 3`,
    ])
      for (const line of wrapped(fields([['message', text]]))) expect(line).toMatch(/^(message| {9})/)
  })

  it('and what cannot be cut is left whole, so that it can be copied', () => {
    const url = `https://camp.example/${'a'.repeat(60)}`
    const wrapped = (human: Human) => linesOf(human).flatMap(line => fold(line, 40).map(one => plainOf(one)))
    expect(wrapped(fields([['webhook', url]]))).toEqual([`webhook  ${url}`])
    expect(wrapped(url)).toEqual([url])
    expect(wrapped(styled(['yellow', 'warning:'], ' one two three four five six seven eight'))).toEqual([
      'warning: one two three four five six',
      '  seven eight',
    ])
  })
})

const plainOf = ({ parts }: { parts: readonly { text: string }[] }) => parts.map(part => part.text).join('')

import { describe, expect, it } from 'vitest'
import {
  changedOverrides,
  classText,
  codeOverridesOf,
  overridesText,
  parseCodeChanges,
} from '../../../src/broker/code-overrides.ts'

describe('changes as they are typed', () => {
  it('are codes with a class, a time, or the default', () => {
    const typed = ['132015=stop', '63049=later:24h', 'HTTP_403=wait:10m', 'a=b=record', 'X=default', ' Y = fatal ']
    expect(parseCodeChanges(typed)).toEqual({
      132015: { class: 'stop' },
      63049: { class: 'later', afterMs: 86_400_000 },
      HTTP_403: { class: 'wait', afterMs: 600_000 },
      'a=b': { class: 'record' },
      X: null,
      Y: { class: 'fatal' },
    })
  })

  it.each([
    ['132015', 'a code without a class'],
    ['=stop', 'no code'],
    ['132015=', 'no class'],
    ['132015=pause', 'no such class'],
    ['132015=Stop', 'another case'],
    ['132015=stop:24h', 'a time of a class that has none'],
    ['63049=later:', 'no time'],
    ['63049=later:0h', 'no time at all'],
    ['63049=later:32d', 'longer than a month'],
    ['63049=later:1h:2', 'too much'],
    [`${'x'.repeat(101)}=stop`, 'a long code'],
    ['a\u202eb=stop', 'a code with an invisible character'],
  ])('%s is refused: %s', text => {
    expect(() => parseCodeChanges([text])).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }))
  })

  it.each(['HTTP_500=record', 'HTTP_503=wait:1m', 'HTTP_408=stop'])(
    'refuse %s: an answer that proves nothing has no class',
    text => {
      expect(() => parseCodeChanges([text])).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', hint: expect.stringMatching(/stay in doubt/) }),
      )
      expect(parseCodeChanges([text.replace(/=.*/, '=default')])).toEqual({ [text.split('=')[0]!]: null })
    },
  )

  it('name each code once', () => {
    expect(() => parseCodeChanges(['1=stop', '1=default'])).toThrow(expect.objectContaining({ code: 'FIELD_TWICE' }))
  })
})

it('a change keeps the others, and the default removes one', () => {
  const before = codeOverridesOf({ 1: { class: 'stop' }, 2: { class: 'later', afterMs: 5_400_000 } })
  const after = changedOverrides(before, { 1: null, 3: { class: 'wait' } })
  expect(after).toEqual({ 2: { class: 'later', afterMs: 5_400_000 }, 3: { class: 'wait' } })
  expect(overridesText(after)).toBe('2=later:90m, 3=wait')
})

it('a time is shown in its largest unit', () => {
  const text = (afterMs: number) => classText({ class: 'later', afterMs })
  expect([1_500, 90_000, 86_400_000, 172_800_000].map(text)).toEqual([
    'later:1500ms',
    'later:90s',
    'later:24h',
    'later:2d',
  ])
})

it('what camp has not written is not read', () => {
  expect(() => codeOverridesOf({ 1: { class: 'pause' } })).toThrow()
  expect(() => codeOverridesOf({ 1: { class: 'stop', more: 1 } })).toThrow()
})

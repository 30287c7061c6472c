import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonbOf } from '../../../src/webhook/inbox.ts'

test('takes out what jsonb refuses, and nothing else', () => {
  expect(jsonbOf({ a: 'x\0y' })).toBe('{"a":"x\ufffdy"}')
  expect(jsonbOf(['\ud800', '\udc00'])).toBe('["\ufffd","\ufffd"]')
  expect(jsonbOf('a \\u0000 that is text, a "quote", an 😀')).toBe(
    JSON.stringify('a \\u0000 that is text, a "quote", an 😀'),
  )
  expect(jsonbOf(undefined)).toBeNull()
})

test('is always JSON', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => typeof JSON.parse(jsonbOf({ text }) ?? '') === 'object'))
})

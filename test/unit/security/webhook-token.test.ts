import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import {
  leadOfMessageKey,
  messageKey,
  sameToken,
  webhookToken,
  webhookUrl,
} from '../../../src/security/webhook-token.ts'

const keys = { webhook: randomBytes(32) }
const broker = { id: '01a20aee-9d00-740b-a511-c9f9a5c42680', webhook_version: 1 }

it('gives each broker, each version and each secret a token of its own', () => {
  const tokens = [
    webhookToken(keys, broker),
    webhookToken(keys, { ...broker, webhook_version: 2 }),
    webhookToken(keys, { ...broker, id: '01a20aee-9d00-740b-a511-c9f9a5c42681' }),
    webhookToken({ webhook: randomBytes(32) }, broker),
  ]
  expect(new Set(tokens).size).toBe(4)
  expect(tokens[0]).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(webhookToken(keys, broker)).toBe(tokens[0])
})

it('compares tokens of any length', () => {
  expect(sameToken('abc', 'abc')).toBe(true)
  expect(sameToken('abc', 'abd')).toBe(false)
  expect(sameToken('abc', 'abcd')).toBe(false)
  expect(sameToken('', 'abc')).toBe(false)
})

it('makes a URL only where there is a public one', () => {
  expect(webhookUrl('https://camp.example', keys, broker)).toBe(
    `https://camp.example/webhooks/${broker.id}/${webhookToken(keys, broker)}`,
  )
  expect(webhookUrl(undefined, keys, broker)).toBeUndefined()
})

it('signs a lead’s id into a key that only this broker’s version and secret read back', () => {
  const lead = '0190f3a0-0000-7000-8000-0000000000ff'
  const key = messageKey(keys, broker, lead)
  expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(leadOfMessageKey(keys, broker, key)).toBe(lead)
  const others = [
    leadOfMessageKey(keys, { ...broker, webhook_version: 2 }, key),
    leadOfMessageKey(keys, { ...broker, id: '01a20aee-9d00-740b-a511-c9f9a5c42681' }, key),
    leadOfMessageKey({ webhook: randomBytes(32) }, broker, key),
    leadOfMessageKey(keys, broker, `${key[0] === 'A' ? 'B' : 'A'}${key.slice(1)}`),
    leadOfMessageKey(keys, broker, key.slice(1)),
    leadOfMessageKey(keys, broker, ''),
  ]
  expect(others).toEqual(others.map(() => undefined))
})

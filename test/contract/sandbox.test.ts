import { expect, test } from 'vitest'
import { adapterOf } from '../../src/broker/registry.ts'
import { adapterContract } from './adapter.ts'

const adapter = await adapterOf('SANDBOX')

adapterContract('SANDBOX', {
  adapter,
  credential: url => ({ url: `${url}/?key=a-secret-in-the-query` }),
  secrets: ['a-secret-in-the-query'],
})

test('the sandbox credential takes a URL and nothing else', () => {
  expect(adapter.credential.safeParse({ url: 'http://127.0.0.1:1' }).success).toBe(true)
  for (const wrong of [{}, { url: 'nowhere' }, { url: 'ftp://127.0.0.1' }, { url: 'http://127.0.0.1:1', token: 'x' }]) {
    expect(adapter.credential.safeParse(wrong).success).toBe(false)
  }
})

import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { newSecret } from '../../../src/security/keys.ts'
import { assertStrongSecret } from '../../../src/security/secret-strength.ts'

it.each([
  'aaaaaaaaaaaaaaaa',
  'abababababababab',
  'passwordpassword',
  '1234567890123456',
  '0123456789abcdef',
  'abcdefghijklmnopqrstuvwxyz',
  'aaaaaaaaaaaaaaab',
  'camp-camp-camp-camp',
])('refuses "%s", and says how to make one and how to change it', secret => {
  expect(() => assertStrongSecret(secret, 'CAMP_SECRET')).toThrow(expect.objectContaining({ code: 'SECRET_TOO_WEAK' }))
  try {
    assertStrongSecret(secret, 'CAMP_SECRET')
  } catch (error) {
    expect(error).toMatchObject({
      code: 'SECRET_TOO_WEAK',
      hint: expect.stringMatching(/openssl rand[\s\S]*camp secret rotate/),
    })
  }
})

it('takes what was made at random, and a sentence', () => {
  for (let i = 0; i < 500; i++) {
    for (const secret of [newSecret(), randomBytes(32).toString('base64'), randomBytes(16).toString('hex')]) {
      assertStrongSecret(secret, 'CAMP_SECRET')
    }
  }
  assertStrongSecret('a-test-secret-of-enough-length', 'CAMP_SECRET')
})

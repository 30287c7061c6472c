import { expect, it } from 'vitest'
import { hashPassword, verifyPassword } from '../../../src/security/password.ts'

it('hashes with argon2id at the parameters that OWASP gives, with a salt of its own each time', async () => {
  const [one, two] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')])
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(one).not.toBe(two)
})

it('knows the right password, however its accents are composed, and no other', async () => {
  const stored = await hashPassword('coração de leão'.normalize('NFC'))
  expect(await verifyPassword(stored, 'coração de leão'.normalize('NFD'))).toBe(true)
  expect(await verifyPassword(stored, 'coracao de leao')).toBe(false)
  expect(await verifyPassword(null, 'coração de leão')).toBe(false)
})

it('takes as long for an unknown user as for a wrong password', async () => {
  const stored = await hashPassword('correct horse')
  const known = await fastest(() => verifyPassword(stored, 'wrong horse'))
  const unknown = await fastest(() => verifyPassword(null, 'wrong horse'))
  // An answer without any hashing would be a thousand times faster.
  expect(unknown).toBeGreaterThan(known / 50)
})

async function fastest(run: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 5; i++) {
    const start = performance.now()
    await run()
    best = Math.min(best, performance.now() - start)
  }
  return best
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { assertSecret } from '../../src/security/fingerprint.ts'
import { keysOf } from '../../src/security/keys.ts'
import { addUser } from '../../src/security/users.ts'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { ADMIN, serverEnv, succeed } from '../support/login.ts'

const db = useDatabase()
const WEAK = 'aaaaaaaaaaaaaaaa'

it('a CAMP_SECRET that is easy to guess is refused, and can be rotated away', async () => {
  await assertSecret(db.pool, keysOf(WEAK, { name: 'CAMP_SECRET', cure: '' }))
  await addUser(db.prisma, null, { ...ADMIN, name: 'Ana', role: 'ADMIN' }, new Date())
  const home = serverEnv(db).CAMP_HOME!
  const env = { ...serverEnv(db), CAMP_HOME: home, CAMP_SECRET: WEAK }
  const login = (secret: string) =>
    camp(['login', ADMIN.email, '--password-stdin'], { env: { ...env, CAMP_SECRET: secret }, stdin: ADMIN.password })
  await succeed(login(WEAK))
  for (const line of ['whoami', 'worker', 'wallet list', 'secret reset ana@example.com --yes']) {
    const run = await camp(line.split(' '), { env })
    if (line.startsWith('secret')) expect(run.out).toContain('Nothing to do')
    else
      expect(run, line).toMatchObject({ code: 2, err: expect.stringMatching(/too easy to guess[\s\S]*secret rotate/) })
  }
  const file = join(home, 'new-secret')
  writeFileSync(file, 'bbbbbbbbbbbbbbbbbb\n')
  const rotate = ['secret', 'rotate', '--yes', '--file', file]
  expect(await camp(rotate, { env })).toMatchObject({ code: 2, err: expect.stringContaining('too easy to guess') })
  const strong = 'wX3-q9_tLm2-k7_VbP-zR4'
  writeFileSync(file, `${strong}\n`)
  await succeed(camp(rotate, { env }))
  await succeed(login(strong))
  expect((await camp(['whoami'], { env: { ...env, CAMP_SECRET: strong } })).code).toBe(0)
})

import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { openKeys } from '../../../src/security/keys.ts'
import { scratchFolder } from '../../support/scratch.ts'

let home: string
beforeEach(async () => {
  home = scratchFolder('keys')
})

it('derives a key of its own for each use, the same ones from the same secret', async () => {
  const config = { secret: 'a-test-secret-of-enough-length', databaseUrl: 'postgres://server/camp', home }
  const keys = await openKeys(config)
  expect(new Set([keys.sealing, keys.webhook].map(key => key.toString('hex'))).size).toBe(2)
  expect(keys.sealing).toHaveLength(32)
  expect(await openKeys(config)).toEqual(keys)
  expect((await openKeys({ ...config, secret: 'another-secret-of-enough-length' })).sealing).not.toEqual(keys.sealing)
})

it('makes a secret once in embedded mode, for all who start at the same moment', async () => {
  const config = { secret: undefined, databaseUrl: undefined, home: join(home, 'not', 'yet') }
  const opened = await Promise.all(Array.from({ length: 20 }, () => openKeys(config)))
  expect(new Set(opened.map(keys => keys.sealing.toString('hex'))).size).toBe(1)
  const file = join(config.home, 'secret')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await readFile(file, 'utf8')).length).toBeGreaterThanOrEqual(43)
})

it('asks for CAMP_SECRET in server mode, and says how to make one', async () => {
  const refused = openKeys({ secret: undefined, databaseUrl: 'postgres://server/camp', home })
  await expect(refused).rejects.toMatchObject({
    code: 'SECRET_MISSING',
    hint: expect.stringContaining('openssl'),
  })
})

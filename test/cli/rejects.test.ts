import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed, userEnv } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'

const db = useDatabase()
const folder = scratchFolder('rejects')
const [file, other] = [join(folder, 'leads.csv'), join(folder, 'other.csv')]
let admin: NodeJS.ProcessEnv
let handle: string

beforeAll(async () => {
  admin = await adminEnv(db)
  await succeed(camp(['wallet', 'add', 'Sul', '--idgis', '3'], { env: admin }))
  await succeed(camp(['broker', 'add', 'Caixa', '--adapter', 'SANDBOX', '--cost', '0.0450'], { env: admin }))
  writeFileSync(file, 'fone;nome\n12;Ana\n11987654321;Bia\n')
  writeFileSync(other, 'fone;nome\n12;Ane\n11987654321;Bia\n')
  const argv = ['campaign', 'import', file, '--wallet', 'Sul', '--broker', 'Caixa', '--message', 'Oi', '--quiet']
  handle = (await succeed(camp(argv, { env: admin }))).out.trim()
})

it('camp campaign rejects writes the refused rows for any user, from the file of the current folder or --file', async () => {
  const user = await userEnv(db, admin)
  const rejects = join(folder, 'refused.csv')
  const run = (options: string[], env = user) =>
    camp(['campaign', 'rejects', handle, '--rejects', rejects, ...options], { env })
  const written = await succeed(run(['--file', file]))
  expect(written.out).toBe(`1 refused rows of ${handle} written to ${rejects}.\n`)
  expect(readFileSync(rejects, 'utf8')).toContain('12;Ana;2;fone;INVALID_PHONE;')
  const before = process.cwd()
  process.chdir(folder)
  try {
    expect((await succeed(run(['--overwrite', '--json']))).json()).toMatchObject({ rows: 1, erased: 0 })
  } finally {
    process.chdir(before)
  }
  const refused = await run(['--file', other, '--overwrite', '--json'])
  expect([refused.code, refused.error()]).toMatchObject([
    5,
    { code: 'FILE_DIFFERS', message: `other.csv is not the file that ${handle} was imported from` },
  ])
  const spoken = await run(['--file', other, '--overwrite'], { ...user, CAMP_LANG: 'pt-BR' })
  expect(spoken.err).toContain(`other.csv não é o arquivo do qual ${handle} foi importada`)
})

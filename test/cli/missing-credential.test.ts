import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { booksOf, setBudget } from '../support/fixtures.ts'
import { adminEnv, succeed } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'
import { emptied } from '../support/tampering.ts'

const db = useDatabase()
const folder = scratchFolder('no-credential')
const CURE = 'camp credential set "Carteira Sul" "Caixa" key=value'
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  env = await adminEnv(db)
  await succeed(camp(['wallet', 'add', 'Carteira Sul', '--idgis', '7'], { env }))
  await succeed(camp(['broker', 'add', 'Caixa', '--adapter', 'SANDBOX', '--cost', '0.0450'], { env }))
  const { rows } = await db.pool.query(`SELECT id FROM "Wallet"`)
  await setBudget(db.pool, rows[0].id, '100.00')
  writeFileSync(join(folder, 'people.csv'), 'telefone\n11987654321\n')
})
beforeEach(async () => {
  await db.pool.query(`DELETE FROM "Credential"`)
  await emptied(db.pool, '"Campaign"')
})

const importing = (...more: string[]) =>
  camp(
    ['campaign', 'import', join(folder, 'people.csv'), '--wallet', 'Carteira Sul', '--broker', 'Caixa'].concat(
      ['--message', 'Olá'],
      more,
    ),
    { env },
  )
const giveCredential = () =>
  succeed(camp(['credential', 'set', 'Carteira Sul', 'Caixa', 'url=http://127.0.0.1:9'], { env }))

describe('a wallet without a credential at the broker', () => {
  it.each([
    ['a dry run', ['--dry-run']],
    ['an import', []],
  ])('is told by %s, which succeeds', async (_name, more) => {
    const json = await succeed(importing(...more, '--json'))
    expect(json.json()).toMatchObject({ credential_missing: true, counts: { PENDING: 1 } })
    const text = await succeed(importing(...more, '--again'))
    expect(text.err).toContain(
      `warning: wallet "Carteira Sul" has no credential at "Caixa". Set it before the approval: ${CURE}\n`,
    )
    await giveCredential()
    const then = await succeed(importing(...more, '--again', '--json'))
    expect(then.json()).toMatchObject({ credential_missing: false })
    expect((await succeed(importing(...more, '--again'))).err).not.toContain('has no credential')
  })

  it('is told by an import that is to be repeated', async () => {
    const argv = ['campaign', 'import', `${folder}/*.csv`, '--wallet', 'Carteira Sul', '--broker', 'Caixa']
    const more = ['--message', 'Olá', '--repeat', '0 9 * * *', '--dry-run']
    const run = await succeed(camp([...argv, ...more], { env }))
    expect(run.err).toContain(CURE)
    expect((await succeed(camp([...argv, ...more, '--json'], { env }))).json()).toMatchObject({
      credential_missing: true,
    })
  })

  it('refuses the approval with 4 and the cure, and nothing has changed', async () => {
    const { id } = (await succeed(importing('--json'))).json()
    const refused = await camp(['campaign', 'approve', id, '--yes'], { env })
    expect(refused).toMatchObject({ code: 4, err: expect.stringContaining(`Run: ${CURE}`) })
    expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'PENDING_APPROVAL', reason: null })
    await giveCredential()
    await succeed(camp(['campaign', 'approve', id, '--yes'], { env }))
    expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'APPROVED' })
  })
})

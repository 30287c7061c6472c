import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { PERMISSIONS } from '../../src/security/permissions.ts'
import type { Role } from '../../src/security/roles.ts'
import { ACT_LINES } from '../support/act-lines.ts'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { makeCampaign, makeScene } from '../support/fixtures.ts'
import { ADMIN, adminEnv, serverEnv, succeed, userEnv } from '../support/login.ts'
import { permissionRows } from '../support/permission-table.ts'

const db = useDatabase()
const who = {} as Record<Role, { email: string; env: NodeJS.ProcessEnv }>

beforeAll(async () => {
  who.ADMIN = { email: ADMIN.email, env: await adminEnv(db) }
  who.USER = await member('carla@example.com', 'USER')
  who.AUDITOR = await member('otto@example.com', 'AUDITOR')
  await userEnv(db, who.ADMIN.env, 'zoe@example.com')
})

/** Logged in with a password of their own. */
async function member(email: string, role: Role): Promise<{ email: string; env: NodeJS.ProcessEnv }> {
  const add = ['user', 'add', email, '--name', 'M', '--role', role, '--password-stdin']
  await succeed(camp(add, { env: who.ADMIN.env, stdin: 'a first horse' }))
  const env = serverEnv(db)
  await succeed(camp(['login', email, '--password-stdin'], { env, stdin: 'a first horse' }))
  return { email, env }
}

const run = (role: Role, line: string) =>
  camp(line.replace('{me}', who[role].email).split(' '), { env: who[role].env, stdin: 'one line' })

const audited = async () => (await db.pool.query(`SELECT count(*)::int AS n FROM "AuditEvent"`)).rows[0].n as number

/** From the page: "yes", "own" or "no" for each role. */
const rows = [...readFileSync('docs/people.md', 'utf8').matchAll(/^\| `([^`]+)` \| (\S+) \| (\S+) \| (\S+) \|$/gm)].map(
  ([, act, ...cells]) => ({ act: act as keyof typeof ACT_LINES, cells }),
)

describe('who may do what', () => {
  it('is the same in docs/people.md and in the program', () => {
    const page = readFileSync('docs/people.md', 'utf8').split('\n')
    expect(page.filter(line => /^\| `[^`]+` \| (yes|no login) \|/.test(line))).toEqual(permissionRows())
  })

  it('has a command line to try for each act that takes a login', () => {
    const acts = Object.entries(PERMISSIONS).filter(([, power]) => power !== 'NONE')
    expect(Object.keys(ACT_LINES).sort()).toEqual(acts.map(([act]) => act).sort())
    expect(rows.map(({ act }) => act)).toEqual(acts.map(([act]) => act))
  })

  // The ADMIN last: their lines change things.
  it.each(['AUDITOR', 'USER', 'ADMIN'] as const)('holds for each command, run as %s', async role => {
    const place = ['ADMIN', 'USER', 'AUDITOR'].indexOf(role)
    const wrong: string[] = []
    for (const { act, cells } of rows) {
      const { code, out, err } = await run(role, ACT_LINES[act]!)
      const isRefused = code === 7
      if (isRefused !== (cells[place] === 'no')) wrong.push(`${act}: ${code} ${err}`)
      if (isRefused && (out !== '' || !err.includes(ADMIN.email))) wrong.push(`${act}: ${out}${err}`)
    }
    expect(wrong).toEqual([])
  })
})

describe('an AUDITOR', () => {
  it('changes nothing, and the refusal says why', async () => {
    const before = await audited()
    for (const { act, cells } of rows) if (cells[2] === 'no') await run('AUDITOR', ACT_LINES[act]!)
    expect(await audited()).toBe(before)
    expect((await run('AUDITOR', 'blocklist add --phone 11987654321')).err).toMatch(
      /^error: otto@example\.com is an AUDITOR, who may not change anything: not camp blocklist add\n {2}Ask an ADMIN: ana@example\.com/,
    )
    const refused = await run('AUDITOR', 'campaign import f.csv --wallet W --broker B --no-cap --json')
    expect(refused.error().code).toBe('AUDITOR_READS')
  })

  it('changes no campaign of their own from before either', async () => {
    const scene = await makeScene(db.pool)
    const id = await makeCampaign(db.pool, scene, { leads: 1, status: 'APPROVED' })
    await db.pool.query(`UPDATE "Campaign" SET user_id = (SELECT id FROM "User" WHERE email = $1) WHERE id = $2`, [
      who.AUDITOR.email,
      id,
    ])
    for (const line of [`campaign cancel ${id} --yes`, `campaign run ${id}`, `campaign pause ${id}`])
      expect((await run('AUDITOR', line)).code, line).toBe(7)
    expect((await db.pool.query(`SELECT status FROM "Campaign" WHERE id = $1`, [id])).rows[0].status).toBe('APPROVED')
  })

  it('changes nothing of another user, and sees no webhook URL', async () => {
    for (const line of ['set zoe@example.com --name X', 'token zoe@example.com', 'password zoe@example.com'])
      expect(await run('AUDITOR', `user ${line}`), line).toMatchObject({ code: 7, out: '' })
    await succeed(run('ADMIN', 'broker add Torre --adapter SANDBOX --cost 0.01'))
    expect((await succeed(run('AUDITOR', 'broker show Torre --json'))).json()).not.toHaveProperty('webhook_url')
  })

  it('is no last ADMIN: the last one does not become one', async () => {
    await db.pool.query(`UPDATE "User" SET disabled_at = now() WHERE role = 'ADMIN' AND email <> $1`, [ADMIN.email])
    expect((await run('ADMIN', `user set ${ADMIN.email} --role AUDITOR --json`)).error().code).toBe('LAST_ADMIN')
  })

  it('who becomes an ADMIN loses the tokens that another user made', async () => {
    const token = (await succeed(run('ADMIN', 'user token otto@example.com --quiet'))).out.trim()
    await succeed(run('ADMIN', 'user set otto@example.com --role ADMIN'))
    expect((await camp(['whoami'], { env: { ...serverEnv(db), CAMP_TOKEN: token } })).code).toBe(7)
  })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { makeCampaign, makeScene, type Scene, setSelfApproval } from '../support/fixtures.ts'
import { adminEnv, succeed, userEnv } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'

const db = useDatabase()
let scene: Scene
let admin: NodeJS.ProcessEnv
beforeAll(async () => {
  admin = await adminEnv(db)
  scene = await makeScene(db.pool)
})
beforeEach(() => setSelfApproval(db.pool, 'deny'))

const set = (value: string, env = admin) => camp(['setting', 'set', 'self-approval', value, '--json'], { env })
const approve = (id: string, env = admin) => camp(['campaign', 'approve', id, '--yes', '--json'], { env })

/** A campaign that waits, imported by the ADMIN who is logged in. */
async function own(): Promise<string> {
  const id = await makeCampaign(db.pool, scene, { leads: 1, status: 'PENDING_APPROVAL' })
  await db.pool.query(
    `UPDATE "Campaign" SET user_id = (SELECT id FROM "User" WHERE email = 'ana@example.com') WHERE id = $1`,
    [id],
  )
  return id
}

async function auditOf(subjectId: string) {
  return db.prisma.auditEvent.findMany({ where: { subject_id: subjectId }, orderBy: { id: 'asc' } })
}

describe('whether importers approve their own', () => {
  it('is no setting of the environment: it refuses, and says what decides', async () => {
    const id = await own()
    const run = await approve(id, { ...admin, CAMP_SELF_APPROVAL: 'allow' })
    expect(run).toMatchObject({ code: 7, out: '' })
    expect(run.err).toContain('warning: CAMP_SELF_APPROVAL has no effect')
    expect(run.err).toContain('camp setting set self-approval allow')
  })

  it.each([
    { CAMP_SELF_APPROVAL: 'allow' },
    { CAMP_SETTING_SELF_APPROVAL: 'allow' },
    { SELF_APPROVAL: 'allow', CAMP_ROLE: 'ADMIN', CAMP_TIMEZONE: 'UTC', CAMP_HTTP_TIMEOUT_MS: '1000' },
  ])('is not lifted by %j on any path, from the environment or from --env-file', async settings => {
    const ids = [await own(), await own()]
    const repeat = await succeed(
      camp(
        [
          ...['campaign', 'import', 'test/*.csv', '--repeat', '0 9 * * 1-5', '--wallet', scene.walletId],
          ...['--broker', scene.brokerId, '--message', 'x', '--json'],
        ],
        { env: admin },
      ),
    )
    const lines = [
      ['campaign', 'approve', ids[0]!, '--yes'],
      ['campaign', 'approve', ...ids, '--yes'],
      ['campaign', 'repeat', 'approve', repeat.json().handle, '--ceiling', '1.00'],
    ]
    const file = join(scratchFolder('env'), 'camp.env')
    writeFileSync(
      file,
      Object.entries(settings)
        .map(entry => `${entry.join('=')}\n`)
        .join(''),
    )
    for (const line of lines) {
      expect((await camp(line, { env: { ...admin, ...settings } })).code, line.join(' ')).toBe(7)
      expect((await camp([...line, '--env-file', file], { env: admin })).code, line.join(' ')).toBe(7)
    }
    const { rows } = await db.pool.query(`SELECT DISTINCT status FROM "Campaign" WHERE id = ANY($1::uuid[])`, [ids])
    expect(rows).toEqual([{ status: 'PENDING_APPROVAL' }])
    await succeed(camp(['campaign', 'repeat', 'remove', repeat.json().handle, '--yes'], { env: admin }))
  })

  it('is a setting in the database, which an ADMIN changes and the audit keeps', async () => {
    const id = await own()
    expect((await approve(id)).code).toBe(7)
    expect((await succeed(set('ALLOW'))).json()).toEqual({ name: 'self-approval', from: 'deny', to: 'allow' })
    await succeed(approve(id))
    const approved = (await auditOf(id)).find(event => event.action === 'campaign.approve')
    expect(approved!.detail).toMatchObject({ self_approval: 'SETTING' })
    await succeed(set('deny'))
    expect((await approve(await own())).code).toBe(7)
    const changes = (await auditOf('self-approval')).slice(-2)
    expect(changes.map(event => [event.action, event.detail])).toEqual([
      ['setting.set', { value: { from: 'deny', to: 'allow' } }],
      ['setting.set', { value: { from: 'allow', to: 'deny' } }],
    ])
    const { id: ana } = await db.prisma.user.findUniqueOrThrow({ where: { email: 'ana@example.com' } })
    expect(changes.every(event => event.user_id === ana)).toBe(true)
  })

  it('is shown to every user, and changed by no USER', async () => {
    const user = await userEnv(db, admin)
    const listed = await succeed(camp(['setting', 'list', '--json'], { env: user }))
    expect(listed.json()).toMatchObject([{ name: 'self-approval', value: 'deny', standard: 'deny' }])
    expect((await set('allow', user)).code).toBe(7)
  })

  it.each([
    ['maybe', 2],
    ['', 2],
  ])('takes no "%s"', async (value, code) => {
    expect((await set(value)).code).toBe(code)
  })

  it('is refused where the database holds something else, not guessed', async () => {
    await db.pool.query(`UPDATE "Setting" SET value = 'perhaps'`)
    expect((await approve(await own())).error()).toMatchObject({ code: 'SETTING_DAMAGED' })
    await db.pool.query(`DELETE FROM "Setting"`)
  })

  it('is not asked about where another ADMIN approves', async () => {
    const id = await makeCampaign(db.pool, scene, { leads: 1, status: 'PENDING_APPROVAL' })
    await succeed(approve(id))
    const approved = (await auditOf(id)).find(event => event.action === 'campaign.approve')
    expect(approved!.detail).not.toHaveProperty('self_approval')
  })

  it('does not bind the only user of an installation, and the audit says so', async () => {
    const id = await own()
    // Who has disabled the others a moment ago is not alone.
    await db.pool.query(`UPDATE "User" SET disabled_at = now() WHERE email <> 'ana@example.com'`)
    expect((await approve(id)).code).toBe(7)
    await db.pool.query(`UPDATE "User" SET disabled_at = now() - interval '31 days' WHERE email <> 'ana@example.com'`)
    await succeed(approve(id))
    await db.pool.query(`UPDATE "User" SET disabled_at = null`)
    const approved = (await auditOf(id)).find(event => event.action === 'campaign.approve')
    expect(approved!.detail).toMatchObject({ self_approval: 'ONLY_USER' })
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import { camp, type Run, type Step } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { makeCampaign, makeScene, type Scene } from '../support/fixtures.ts'
import { adminEnv, succeed } from '../support/login.ts'

const db = useDatabase()
let scene: Scene
let admin: NodeJS.ProcessEnv
beforeAll(async () => {
  admin = await adminEnv(db)
  scene = await makeScene(db.pool, { budget: '5000.00' })
})

/** A campaign that waits. @returns its handle, which no other test's list has at the same time */
async function waiting(leads = 3, columns: Record<string, unknown> = {}): Promise<string> {
  const id = await makeCampaign(db.pool, scene, { leads, status: 'PENDING_APPROVAL', columns })
  return handleOf(id)
}

async function handleOf(id: string): Promise<string> {
  return (await db.prisma.campaign.findUniqueOrThrow({ where: { id } })).agendamento_id
}

async function statusOf(handle: string): Promise<string> {
  return (await db.prisma.campaign.findFirstOrThrow({ where: { agendamento_id: handle } })).status
}

async function makeOwn(handle: string): Promise<void> {
  await db.pool.query(
    `UPDATE "Campaign" SET user_id = (SELECT id FROM "User" WHERE email = 'ana@example.com') WHERE agendamento_id = $1`,
    [handle],
  )
}

const approve = (...words: string[]): Promise<Run> => camp(['campaign', 'approve', ...words], { env: admin })

/** At a terminal, with an empty list before. */
async function screen(...keys: Step[]): Promise<Run> {
  return camp(['campaign', 'approve'], { env: admin, keys })
}

async function emptyList(): Promise<void> {
  await db.pool.query(`UPDATE "Campaign" SET status = 'CANCELLED' WHERE status = 'PENDING_APPROVAL'`)
}

describe('a question that stands for long', () => {
  const disabling = async () => {
    await db.pool.query(`UPDATE "User" SET disabled_at = now() WHERE email = 'ana@example.com'`)
  }
  const enabling = () =>
    db.pool.query(`UPDATE "User" SET disabled_at = NULL, role = 'ADMIN' WHERE email = 'ana@example.com'`)
  const demoting = async () => {
    await db.pool.query(`UPDATE "User" SET role = 'USER' WHERE email = 'ana@example.com'`)
  }

  it.each([
    ['disabled', disabling],
    ['a USER', demoting],
  ])('is not answered by a user who is %s since', async (_, change) => {
    const handle = await waiting()
    const answer = async () => {
      await change()
      return 'y\n'
    }
    const run = await camp(['campaign', 'approve', handle], { env: admin, keys: [['(y/N)', answer]] })
    await enabling()
    expect([run.code, await statusOf(handle)]).toEqual([7, 'PENDING_APPROVAL'])
  })

  it('nor a screen of approvals', async () => {
    await emptyList()
    const handle = await waiting()
    const approving = async () => {
      await demoting()
      return 'a'
    }
    const run = await screen([handle, approving], ['not an ADMIN any more', 'q'])
    await enabling()
    expect([run.code, await statusOf(handle)]).toEqual([0, 'PENDING_APPROVAL'])
  })
})

describe('an approval with IDs', () => {
  it('says what it covers, and what is left of the budget', async () => {
    const run = await succeed(approve(await waiting(), '--yes'))
    expect(run.out).toMatch(/^Approved \S+: 3 people, at most R\$ 0\.14; R\$ 4,999\.87 left in \w+\.\nStart it: /)
  })

  it('gives programs the same facts, before and after', async () => {
    const handle = await waiting()
    const before = (await succeed(camp(['campaign', 'show', handle, '--json'], { env: admin }))).json()
    expect(before).toMatchObject({ fits: true, may_approve: true, obstacle: null, capped_now: { leads: 0 } })
    expect(before.samples).toHaveLength(3)
    expect(before.samples[0]).toMatchObject({ text: 'Olá', missing: null })
    const after = (await succeed(approve(handle, '--yes', '--json'))).json()
    expect(after).toMatchObject({
      agendamento_id: handle,
      status: 'APPROVED',
      fits: true,
      approved: { leads: 3, cost: '0.1350' },
    })
    expect(after.approved.left).toBe(before.budget.left)
  })

  it('approves of several those that it can, names the others, and ends with the code of the first', async () => {
    const [one, own, two] = [await waiting(), await waiting(), await waiting()]
    await makeOwn(own)
    const run = await approve(one, own, 'C-none', two, '--yes')
    expect(run.code).toBe(7)
    expect(run.err).toContain(`${own} was not approved: you imported`)
    expect(run.err).toContain('C-none was not approved: no campaign')
    expect(await Promise.all([one, own, two].map(statusOf))).toEqual(['APPROVED', 'PENDING_APPROVAL', 'APPROVED'])
  })

  it('requires --yes without a terminal, and approves nothing', async () => {
    const handle = await waiting()
    const run = await approve(handle)
    expect(run).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--yes') })
    expect(await statusOf(handle)).toBe('PENDING_APPROVAL')
    expect((await approve('--yes')).code).toBe(2)
  })

  it('shows one on a terminal with its budget and first message, and asks', async () => {
    const handle = await waiting()
    const no = await camp(['campaign', 'approve', handle], { env: admin, answer: 'n' })
    expect(no.code).toBe(130)
    expect(no.err).toMatch(/money +at most R\$ 0\.14 \(3 × R\$ 0\.0450\)/)
    expect(no.err).toMatch(/budget +\w+: R\$ 0\.00 used, .* left after this one/)
    expect(no.err).toMatch(/text +Olá {2}\(3 characters\)/)
  })
})

describe('the screen of the approvals', () => {
  it('approves what is marked, rejects with a reason, and prints what was done', async () => {
    await emptyList()
    const handles = [await waiting(1), await waiting(2), await waiting(5)]
    const run = await screen(
      ['3 campaigns wait', ' '],
      ['Marked: 1 person', ' '],
      ['Marked: 3 people', 'a'],
      ['1 campaign waits', 'r'],
      ['Its reason', 'texto errado\n'],
      ['No campaign waits', 'q'],
    )
    expect(run.code).toBe(0)
    expect(run.out).toMatch(
      new RegExp(
        `^Approved ${handles[0]} \\(1 person, at most R\\$ 0\\.05\\)\\. Test starts it: camp campaign run ${handles[0]}\n` +
          `Approved ${handles[1]} \\(2 people, .*\nRejected ${handles[2]}: texto errado\n$`,
      ),
    )
    expect(await Promise.all(handles.map(statusOf))).toEqual(['APPROVED', 'APPROVED', 'CANCELLED'])
    const shown = await succeed(camp(['campaign', 'show', handles[2]!], { env: admin }))
    expect(shown.out).toMatch(/^rejected +\d{4}-.* by ana@example\.com: texto errado$/m)
    expect(shown.out).not.toMatch(/^reason /m)
  })

  it('says of a campaign that was approved before what has changed since', async () => {
    await emptyList()
    const handle = await waiting()
    await succeed(approve(handle, '--yes'))
    await db.pool.query(`UPDATE "Broker" SET cost_per_message = 0.0500 WHERE id = $1`, [scene.brokerId])
    expect((await camp(['campaign', 'run', handle], { env: admin })).code).toBe(4)
    const run = await screen([handle, '\r'], ['approved before', 'q'])
    await db.pool.query(`UPDATE "Broker" SET cost_per_message = 0.0450 WHERE id = $1`, [scene.brokerId])
    expect(run.err.replace(/\s+/g, ' ')).toMatch(/since approved before \(ana@example\.com, .*\); since: the price/)
  })

  it('approves nothing that has changed since it was shown, and shows it again', async () => {
    await emptyList()
    const handle = await waiting(3)
    const price = (cost: string) =>
      db.pool.query(`UPDATE "Broker" SET cost_per_message = $2 WHERE id = $1`, [scene.brokerId, cost])
    const dearer = async (key: string) => {
      await price('0.0500')
      return key
    }
    const run = await screen(
      ['1 campaign waits', '\r'],
      ['← back', () => dearer('a')],
      ['has changed since it was shown', 'q'],
    )
    expect(run.code).toBe(0)
    expect(run.out).toBe('')
    await price('0.0450')
    const asked = await camp(['campaign', 'approve', handle], { env: admin, keys: [['(y/N)', () => dearer('y\n')]] })
    await price('0.0450')
    expect(asked).toMatchObject({ code: 4, err: expect.stringContaining(`${handle} has changed since it was shown`) })
    expect(await statusOf(handle)).toBe('PENDING_APPROVAL')
  })

  it('is left with nothing done: 0 for q, 130 for Ctrl-C, after which what was done is printed', async () => {
    await emptyList()
    const handle = await waiting(2)
    expect(await screen(['1 campaign waits', 'q'])).toMatchObject({ code: 0, out: '' })
    const run = await screen(['1 campaign waits', 'a'], ['No campaign waits', '\x03'])
    expect(run.code).toBe(130)
    expect(run.out).toContain(`Approved ${handle} (2 people`)
    // inquirer shows the cursor again.
    expect(run.err).toContain('\x1b[?25h')
    expect((await screen()).code).toBe(4)
  })
})

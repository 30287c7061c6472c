import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Clock } from '../../src/clock.ts'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { makeCampaign, makeScene, type Scene, setBudget } from '../support/fixtures.ts'
import { adminEnv, succeed, userEnv } from '../support/login.ts'

const db = useDatabase()
// A Saturday; the schedule is a Sunday.
const SATURDAY: Clock = { now: () => new Date('2026-11-28T14:28:00-03:00') }
const SUNDAY_NINE = '2026-11-29T09:00:00-03:00'
const OFFICE = { hours_from: 480, hours_to: 1200, days: 63 }

let admin: NodeJS.ProcessEnv
let user: NodeJS.ProcessEnv
let scene: Scene
let id: string
let handle: string

beforeAll(async () => {
  admin = await adminEnv(db)
  user = await userEnv(db, admin)
  scene = await makeScene(db.pool)
  for (const month of [11, 12]) await setBudget(db.pool, scene.walletId, '9000.00', { year: 2026, month })
})
beforeEach(async () => {
  id = await makeCampaign(db.pool, scene, {
    leads: 52,
    ddd: 11,
    status: 'PENDING_APPROVAL',
    columns: { ...OFFICE, scheduled_at: SUNDAY_NINE },
  })
  handle = (await show()).agendamento_id
})

const at = (argv: string[], env = admin, more: object = {}) =>
  camp(['campaign', ...argv], { env, clock: SATURDAY, ...more })

async function show() {
  return (await succeed(camp(['campaign', 'show', id, '--json'], { env: admin }))).json()
}

const approved = () => succeed(at(['approve', id, '--yes']))

describe('a campaign whose schedule is still to come', () => {
  it('after its approval is told to start then, with the moment of the first message and why', async () => {
    const run = await approved()
    expect(run.out.slice(run.out.indexOf('\n') + 1)).toBe(
      `It starts at Sun 29 Nov 09:00; nothing is sent before Mon 30 Nov 08:00 ` +
        '(Sun 29 Nov is not a contact day; contact hours: mon-sat 08:00-20:00).\n' +
        'No worker is running: start one with camp worker.\n',
    )
    const view = (await at(['show', id, '--json'])).json()
    expect(view).toMatchObject({ opens_at: '2026-11-30T11:00:00.000Z', worker_running: false })
    expect(view.closed_because).toContain('Sun 29 Nov')
  })

  it.each([[[]], [['--yes']]])('is not started by run %j without a terminal: 4, and what would', async flags => {
    await approved()
    const run = await at(['run', id, ...flags])
    expect(run.code).toBe(4)
    expect(run.err).toContain(`${handle} is scheduled: it starts at Sun 29 Nov 09:00`)
    expect(run.err).toContain(`camp campaign run ${handle} --now (52 people would receive it now)`)
    expect((await show()).status).toBe('APPROVED')
  })

  it('at a terminal is asked about, with how many would get it now; a no leaves it', async () => {
    await approved()
    const no = await at(['run', id], admin, { answer: 'n' })
    expect(no.code).toBe(130)
    expect(no.err.replaceAll(/\s+/g, ' ')).toContain('Start it now? 52 people would receive it now.')
    expect(no.err).toMatch(/Nothing was changed\.\n$/)
    expect(no.err).not.toContain('error:')
    expect((await show()).status).toBe('APPROVED')
    expect((await at(['run', id, '--yes'], admin, { terminal: 'stdin' })).code).toBe(4)
    expect((await at(['run', id], admin, { answer: 'y' })).code).toBe(0)
    expect((await show()).status).toBe('PROCESSING')
  })

  it('is started with --now, by an ADMIN or its importer; run --due leaves it', async () => {
    await approved()
    await succeed(at(['run', '--due']))
    expect((await show()).status).toBe('APPROVED')
    expect((await at(['run', '--due', '--now'])).code).toBe(2)
    const other = await at(['run', id, '--now'], user)
    expect(other).toMatchObject({ code: 7, err: expect.stringContaining('ana@example.com') })
    expect((await at(['run', id], user)).code).toBe(4)
    await succeed(at(['run', id, '--now']))
    expect((await show()).status).toBe('PROCESSING')
  })

  it('of several is the one that is left out', async () => {
    await approved()
    const free = await makeCampaign(db.pool, scene, { leads: 1 })
    const run = await at(['run', id, free, '--json'])
    expect(run.code).toBe(4)
    expect(run.json()).toMatchObject({ id: free, status: 'PROCESSING' })
    expect((await show()).status).toBe('APPROVED')
  })

  it('that was started early and paused is resumed in the same way', async () => {
    await approved()
    await succeed(at(['run', id, '--now']))
    await succeed(at(['pause', id]))
    expect((await at(['resume', id])).code).toBe(4)
    expect((await at(['resume', id, '--yes'])).code).toBe(4)
    await succeed(at(['resume', id, '--now']))
    expect((await show()).status).toBe('PROCESSING')
  })
})

it('run --due, too, says that no worker is running; watch says when what it follows starts', async () => {
  await approved()
  const free = await makeCampaign(db.pool, scene, { leads: 1 })
  const due = await succeed(at(['run', '--due']))
  expect(due.err).toMatch(/Started T\w+\.\n[\s\S]*No worker is running: start one with camp worker\.\n/)
  expect((await camp(['campaign', 'show', free, '--json'], { env: admin })).json().status).toBe('PROCESSING')

  const stop = new AbortController()
  const watching = at(['watch', id], admin, { signal: stop.signal })
  stop.abort()
  expect((await watching).err).toContain('It starts at Sun 29 Nov 09:00; nothing is sent before Mon 30 Nov 08:00')
})

it('what is sent again after its schedule has none: its approval does not start it, and it was not missed', async () => {
  await db.pool.query(
    `UPDATE "Campaign" SET status = 'FINISHED', scheduled_at = now() - interval '5 minutes' WHERE id = $1`,
    [id],
  )
  await db.pool.query(`UPDATE "CampaignLead" SET status = 'ERROR', error_code = 'REFUSED' WHERE campaign_id = $1`, [id])
  await succeed(camp(['campaign', 'retry', id], { env: admin }))
  const run = await succeed(camp(['campaign', 'approve', id, '--yes'], { env: admin }))
  expect(run.out).toContain(`Start it: camp campaign run ${handle}`)
  expect(await show()).toMatchObject({ status: 'APPROVED', scheduled_at: null, start_missed: false })
})

it('a worker that serves other brokers does not count for this campaign; one that serves all does', async () => {
  await approved()
  const says = async () => (await at(['show', id])).out.includes('No worker is running')
  const others = await makeScene(db.pool)
  const { rows } = await db.pool.query(`SELECT name FROM "Broker" WHERE id = $1`, [others.brokerId])
  const { startTestWorker } = await import('../support/worker.ts')
  const worker = await startTestWorker({ databaseUrl: db.url, brokers: [rows[0].name] })
  expect(await says()).toBe(true)
  await worker.stop()
  const all = await startTestWorker({ databaseUrl: db.url, brokers: 'all' })
  onTestFinished(() => all.stop())
  expect(await says()).toBe(false)
})

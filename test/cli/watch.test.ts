import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { dispatchOn, openSandbox } from '../support/dispatch.ts'
import { makeCampaign, makeScene } from '../support/fixtures.ts'
import { adminEnv, succeed } from '../support/login.ts'
import { until } from '../support/worker.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)
let env: NodeJS.ProcessEnv
beforeAll(async () => {
  env = await adminEnv(db)
})

const run = (...argv: string[]) => camp(['campaign', ...argv], { env })

describe('a campaign that is followed', () => {
  it('and FINISHED ends with 0, with doubts too', async () => {
    const sandbox = await openSandbox()
    await workers({ count: 1 })
    const good = await makeCampaign(db.pool, await makeScene(db.pool, { url: sandbox.url }), { leads: 3 })
    expect(await run('run', good, '--wait', '--json')).toMatchObject({ code: 0 })
    const doubtful = await makeCampaign(db.pool, await makeScene(db.pool, { url: sandbox.url }), { leads: 3 })
    sandbox.control({ faults: { 'accept-500': 1 } })
    const doubt = await run('run', doubtful, '--wait', '--json')
    expect(doubt.json()).toMatchObject({ status: 'FINISHED', counts: { IN_DOUBT: 3 } })
    expect(doubt.code).toBe(0)
    expect((await run('watch', doubtful)).code).toBe(0)
  })

  it('and FAILED for the budget ends with 6, by run --wait and by watch', async () => {
    const sandbox = await openSandbox()
    await workers({ count: 1 })
    const scene = await makeScene(db.pool, { url: sandbox.url, budget: '0.09' })
    const id = await makeCampaign(db.pool, scene, { leads: 3 })
    const ran = await run('run', id, '--wait', '--json')
    expect(ran.json()).toMatchObject({ status: 'FAILED', failure_code: 'BUDGET', stopped: { what: 'fail', by: null } })
    expect(ran.code).toBe(6)
    expect(ran.error()).toMatchObject({
      code: 'BUDGET_EXCEEDED',
      message: expect.stringMatching(/^T\S+ is FAILED: too little budget/),
      hint: expect.stringMatching(/camp budget set[\s\S]*camp campaign resume T/),
    })
    const watched = await run('watch', id, '--json')
    expect(watched.json()).toMatchObject({ status: 'FAILED' })
    expect(watched.code).toBe(6)
  })

  it.each<[string, object, string | undefined]>([
    ['has no credential', {}, `DELETE FROM "Credential" WHERE id = $1`],
    ['has a key that the broker refuses', { faults: { 401: 1 } }, undefined],
  ])('and FAILED because it %s ends with 8', async (_, control, sql) => {
    const sandbox = await openSandbox(control)
    await workers({ count: 1 })
    const scene = await makeScene(db.pool, { url: sandbox.url })
    if (sql) await db.pool.query(sql, [scene.credentialId])
    const id = await makeCampaign(db.pool, scene, { leads: 1 })
    const ran = await run('run', id, '--wait')
    expect(ran.out).toMatch(/^T\S+ .* FAILED\n/)
    expect(ran.code).toBe(8)
    expect((await run('watch', id)).code).toBe(8)
  })

  it.each([
    ['pause', 'PAUSED'],
    ['cancel', 'CANCELLED'],
  ])('and that a person stops with %s ends with 4', async (move, ended) => {
    const sandbox = await openSandbox()
    const deps = await workers({ count: 0 })
    expect(deps).toBeDefined()
    const id = await makeCampaign(db.pool, await makeScene(db.pool, { url: sandbox.url }), { leads: 3 })
    const following = run('run', id, '--wait', '--json')
    await status(id, 'PROCESSING')
    await succeed(run(move, id, '--yes', '--reason', 'enough'))
    const ran = await following
    expect(ran.json()).toMatchObject({ status: ended })
    expect(ran.code).toBe(4)
    expect(ran.err).toContain(`is ${ended}: enough`)
    expect((await run('watch', id)).code).toBe(4)
  })

  it('and that a person has to start ends with 4 without a terminal, and is waited for at one', async () => {
    const sandbox = await openSandbox()
    await workers({ count: 1 })
    const id = await makeCampaign(db.pool, await makeScene(db.pool, { url: sandbox.url }), { leads: 1 })
    const ended = await run('watch', id)
    expect(ended.code).toBe(4)
    expect(ended.err).toMatch(/T\S+ is APPROVED\n +Start it: camp campaign run T/)
    const watching = camp(['campaign', 'watch', id], { env, terminal: 'stderr' })
    await succeed(run('run', id))
    const over = await watching
    expect(over).toMatchObject({ code: 0 })
    expect(over.out).toMatch(/1 accepted by the broker/)
  })

  it('one of several that failed decides the code', async () => {
    const sandbox = await openSandbox()
    await workers({ count: 1 })
    const good = await makeCampaign(db.pool, await makeScene(db.pool, { url: sandbox.url }), { leads: 1 })
    const poor = await makeCampaign(db.pool, await makeScene(db.pool, { url: sandbox.url, budget: '0.01' }), {
      leads: 1,
    })
    const ran = await run('run', good, poor, '--wait', '--json')
    expect(ran.json().map((view: { status: string }) => view.status)).toEqual(['FINISHED', 'FAILED'])
    expect(ran.code).toBe(6)
  })

  it('without a worker says so on the screen, and promises no end', async () => {
    const stop = new AbortController()
    onTestFinished(() => stop.abort())
    const id = await makeCampaign(db.pool, await makeScene(db.pool), { leads: 1 })
    const following = camp(['campaign', 'run', id, '--wait'], { env, terminal: 'stderr', signal: stop.signal })
    await until(
      'it runs',
      async () => (await run('show', id, '--json')).json().status,
      seen => seen === 'PROCESSING',
    )
    stop.abort()
    const ran = await following
    expect(ran.code).toBe(130)
    expect(ran.err).toContain('No worker is running: start one with camp worker')
    expect(ran.err).not.toContain('ends ')
    const shown = await run('show', id)
    expect(shown.out).toContain('No worker is running')
    expect(shown.out).not.toMatch(/^ends /m)
    expect((await run('list')).err).toContain('No worker is running: start one with camp worker.')

    const once = await camp(['top', '--once'], { env })
    expect(once.out).toMatch(/0 %.*0\/1[\s\S]*No worker is running[\s\S]*no worker · /)
    const json = (await camp(['top', '--once', '--json'], { env })).json()
    expect(json).toMatchObject({ workers: [], campaigns: expect.any(Array) })
    expect(json.campaigns).toContainEqual(
      expect.objectContaining({ status: 'PROCESSING', total: 1, sent: 0, waits: { why: 'NO_WORKER', until: null } }),
    )
    await succeed(run('cancel', id, '--yes'))
  })

  it('prints lines of pairs without a terminal, and ends with the report; q leaves top', async () => {
    const sandbox = await openSandbox()
    await workers({ count: 1 })
    const scene = await makeScene(db.pool, { url: sandbox.url })
    const id = await makeCampaign(db.pool, scene, { leads: 3 })
    const ran = await run('run', id, '--wait')
    expect(ran.err).toMatch(/^campaign=T\S+ status=\S+ sent=\d total=3 /m)
    expect(ran.out).toMatch(/3 accepted by the broker {2}100 %[\s\S]*delivered –, read –: callbacks are not set up/)
    const over = (await run('watch', id, '--json')).json()
    expect(over).toMatchObject({ event: 'end', status: 'FINISHED', counts: { SENT: 3 } })
    const batches = (await run('report', id, '--batches', '--json')).json()
    expect(batches).toMatchObject([{ status: 'DONE', size: 3, accepted: 3, reserved: '0.1350' }])

    expect((await camp(['top'], { env, terminal: 'stdin', stdin: 'q' })).code).toBe(0)
  })
})

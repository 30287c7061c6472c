import { describe, expect, it } from 'vitest'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { pauseCampaign } from '../../../src/campaign/actions/stop.ts'
import { resolveClosing } from '../../../src/campaign/doubt/resolve.ts'
import { systemClock } from '../../../src/clock.ts'
import { reconcileClosings } from '../../../src/dispatch/closing/reconcile.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene } from '../../support/fixtures.ts'
import { type Org, type OrgSettings, orgCredential, startOrg } from '../../support/salesforce-org.ts'
import { until } from '../../support/worker.ts'
import {
  closingDeps,
  closingOf,
  makeContacts,
  pass,
  startWorkers,
  untilClosing,
  untilStatus,
  untilView,
  view,
} from './closing-scene.ts'

/** How a run ends that Salesforce answered with 2xx, against an org that shares no code with camp. */
const db = useDatabase()
const LEADS = 1_200

async function sceneWith(change: Partial<OrgSettings>, credential: Record<string, unknown> = {}) {
  const org = await startOrg(change)
  const scene = await makeScene(db.pool, { adapter: 'SALESFORCE', credential: orgCredential(org, credential) })
  return { org, scene }
}

/** The phones that heard more than once, or not at all. */
function wronglySent(org: Org): number {
  return org.records.filter(({ MobilePhone }) => org.sent.get(String(MobilePhone)) !== 1).length
}

describe('a run that was answered with 200', () => {
  it('and has ended finishes the campaign', async () => {
    const { org, scene } = await sceneWith({})
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, LEADS)
    await runCampaign(deps, id, scene.userId)
    const seen = await untilStatus(db, id, 'FINISHED')
    expect(seen).toMatchObject({ counts: { SENT: LEADS }, closing: { status: 'DONE', error: null } })
    expect([org.runs, org.sent.size, wronglySent(org)]).toEqual([1, LEADS, 0])
  })

  it('and ends in an error fails the campaign with the broker’s words; a resume runs it again', async () => {
    const { org, scene } = await sceneWith({ outcome: 'error' })
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, LEADS)
    await runCampaign(deps, id, scene.userId)
    const failed = await untilStatus(db, id, 'FAILED')
    expect(failed.failure_reason).toMatch(
      /^its last step at the broker ended in an error: the automation stands at statusId -1 \(Error\)\. Part may/,
    )
    expect(failed).toMatchObject({ counts: { SENT: LEADS }, closing: { status: 'QUEUED' } })
    org.set.outcome = 'sends'
    await resumeCampaign(deps, id, scene.userId)
    await untilStatus(db, id, 'FINISHED')
    expect([org.runs, org.sent.size, wronglySent(org)]).toEqual([2, LEADS, 0])
  })

  it('and ends in an error without a run of its own is not taken for the error before it', async () => {
    const { org, scene } = await sceneWith({ outcome: 'error', showsRuns: false })
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, 20)
    await runCampaign(deps, id, scene.userId)
    await untilStatus(db, id, 'FAILED')
    // It stands in error from the run before: this one does nothing, and that is no second error.
    org.set.outcome = 'nothing'
    org.set.statusId = -1
    await resumeCampaign(deps, id, scene.userId)
    await untilView(db, id, 'it runs again', () => org.runs === 2)
    await untilWaiting(id)
    await pass(db, 5, id)
    expect(await untilStatus(db, id, 'PAUSED')).toMatchObject({ closing: { status: 'IN_DOUBT' } })
  })

  it('and goes on is waited for until its end', async () => {
    const { org, scene } = await sceneWith({ runningReads: Number.POSITIVE_INFINITY })
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, 20)
    await runCampaign(deps, id, scene.userId)
    await untilView(db, id, 'a look before the run, and one after it', () => lookCount(org) >= 2)
    for (const look of [2, 3]) {
      await untilWaiting(id)
      const before = lookCount(org)
      await pass(db, 60, id)
      const looked = await untilView(db, id, `look ${look} after it`, () => lookCount(org) > before)
      expect(looked).toMatchObject({ status: 'PROCESSING', closing: { status: 'SENDING', error: null } })
    }
    await untilWaiting(id)
    org.set.runningReads = 0
    await pass(db, 60, id)
    await untilStatus(db, id, 'FINISHED')
    expect(org.runs).toBe(1)
  })

  it('and goes on, then stands in error, fails the campaign', async () => {
    const { org, scene } = await sceneWith({ outcome: 'error', runningReads: 1, showsRuns: false })
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, 20)
    await runCampaign(deps, id, scene.userId)
    await untilView(db, id, 'it goes on', () => lookCount(org) >= 2)
    // Each look waits for its time, and several workers look.
    const later = () => pass(db, 1, id).then(() => view(db, id))
    const failed = await until('its end is seen', later, ({ status }) => status === 'FAILED')
    expect(failed.failure_reason).toContain('statusId -1')
  })

  it('and shows nothing for five minutes is for a person to decide, and is not run again', async () => {
    const { org, scene } = await sceneWith({ outcome: 'nothing' })
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, LEADS)
    await runCampaign(deps, id, scene.userId)
    await untilWaiting(id)
    await pass(db, 4, id)
    await untilView(db, id, 'a look after four minutes', () => lookCount(org) >= 3)
    await untilWaiting(id)
    expect((await view(db, id)).closing).toMatchObject({ status: 'SENDING' })
    await pass(db, 2, id)
    const paused = await untilStatus(db, id, 'PAUSED')
    expect(paused.failure_reason).toMatch(/in doubt \(the broker took the run, and no run was seen in the 5 minutes/)
    expect(paused.closing).toMatchObject({ status: 'IN_DOUBT' })
    await pass(db, 60, id)
    expect(org.runs).toBe(1)
    org.set.outcome = 'sends'
    const decided = { verdict: 'RESEND', userId: scene.userId } as const
    await resolveClosing({ pool: db.pool, clock: systemClock }, id, decided)
    await resumeCampaign(deps, id, scene.userId)
    await untilStatus(db, id, 'FINISHED')
    expect([org.runs, org.sent.size]).toEqual([2, LEADS])
  })

  it('is not run again by the workers that follow one that was stopped while it waited', async () => {
    const { org, scene } = await sceneWith({ runningReads: Number.POSITIVE_INFINITY })
    const deps = await startWorkers(db, 2)
    const id = await makeContacts(db, scene, 20)
    await runCampaign(deps, id, scene.userId)
    await untilWaiting(id)
    await deps.stop()
    const looked = lookCount(org)
    await pass(db, 30, id)
    await startWorkers(db, 2)
    await untilView(db, id, 'a look by those that follow', () => lookCount(org) > looked)
    await untilWaiting(id)
    // Both may look at the same time, so the number of looks does not say when the run ends.
    org.set.runningReads = 0
    await pass(db, 30, id)
    await untilStatus(db, id, 'FINISHED')
    expect([org.runs, wronglySent(org)]).toEqual([1, 0])
  })

  it('ends as it would have, where its campaign was paused meanwhile', async () => {
    const { org, scene } = await sceneWith({ runningReads: Number.POSITIVE_INFINITY })
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, 20)
    await runCampaign(deps, id, scene.userId)
    await untilWaiting(id)
    await pauseCampaign({ pool: db.pool, clock: systemClock }, id, scene.userId)
    org.set.runningReads = 0
    await pass(db, 1, id)
    await untilStatus(db, id, 'FINISHED')
    expect(org.runs).toBe(1)
  })

  it('that cannot be looked at stays as it is', async () => {
    const { org, scene } = await sceneWith({ runningReads: Number.POSITIVE_INFINITY })
    const deps = await startWorkers(db)
    const id = await makeContacts(db, scene, 20)
    await runCampaign(deps, id, scene.userId)
    await untilWaiting(id)
    await deps.stop()
    const unit = org.set.businessUnit
    org.set.businessUnit = 'another'
    await pass(db, 30, id)
    await reconcileClosings(await closingDeps(db))
    const closing = { status: 'SENDING', error: expect.stringMatching(/^it cannot be checked: .*404/) }
    expect(await view(db, id)).toMatchObject({ status: 'PROCESSING', closing })
    org.set.businessUnit = unit
    org.set.runningReads = 0
    await pass(db, 1, id)
    await reconcileClosings(await closingDeps(db))
    expect(await view(db, id)).toMatchObject({ status: 'FINISHED', closing: { error: null } })
    expect(org.runs).toBe(1)
  })
})

/** The closing was taken and looked at, and its next look has a time. */
async function untilWaiting(id: string): Promise<void> {
  await untilClosing(db, id, 'SENDING')
  await until(
    'its next look waits',
    () => closingOf(db, id),
    ({ not_before }) => not_before !== null && not_before > new Date(),
  )
}

const lookCount = (org: Org) => org.count('GET /automation/')

import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { openDueApart } from '../../../src/recurrence/open-due-apart.ts'
import { useDatabase } from '../../support/database.ts'
import { openSandbox } from '../../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene } from '../../support/fixtures.ts'
import { startTestWorker, until } from '../../support/worker.ts'
import { makeRecurrence } from './scene.ts'

const db = useDatabase()
beforeEach(async () => {
  await db.pool.query(`UPDATE "Recurrence" SET status = 'REMOVED'`)
})
const TUESDAY = '2026-11-24T09:00:05-03:00'
const AT = new Date('2026-11-24T12:00:00Z')

type Inbox = Awaited<ReturnType<typeof makeRecurrence>>

async function firingApart(inbox: Inbox, signal = new AbortController().signal) {
  const { handle } = await inbox.read()
  const fired = await openDueApart({ databaseUrl: db.url, clock: inbox.clock, signal })
  return { handle, fired: fired.filter(one => one.recurrence === handle) }
}

/** The processes that import for this one. */
function importers(): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        const [, parent] = /\) \w (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
        return (
          Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('opening-process')
        )
      } catch {
        return false // it has ended meanwhile
      }
    })
}

async function frozenImporter(): Promise<number> {
  const [pid] = await until(
    'an import begins',
    async () => importers(),
    found => found.length > 0,
  )
  process.kill(pid!, 'SIGSTOP')
  return pid!
}

describe('an occurrence in a process of its own', () => {
  it('is what it is in this one: the campaign, its rows, the record, the audit', async () => {
    const [apart, here] = [await makeRecurrence(db), await makeRecurrence(db)]
    for (const inbox of [apart, here]) {
      inbox.moveTo(TUESDAY)
      inbox.drop('old.csv', 1)
      inbox.drop('new.csv', 0, `telefone;nome\n119876500${inbox === apart ? 11 : 12};Ana\nx;Bia\n`)
    }
    await db.pool.query(`UPDATE "Recurrence" SET status = 'PAUSED' WHERE id = $1`, [here.id])
    const { handle, fired } = await firingApart(apart)
    await db.pool.query(`UPDATE "Recurrence" SET status = 'ACTIVE' WHERE id = $1`, [here.id])
    const [other] = await here.fire()
    const campaign = { id: expect.any(String), agendamentoId: expect.any(String) }
    expect(fired).toEqual([{ ...other, recurrence: handle, campaign }])
    expect(await apart.occurrences()).toEqual(await here.occurrences())
    const [mine, others] = [await apart.campaigns(), await here.campaigns()]
    expect(mine).toMatchObject([{ ...others[0], id: expect.any(String), user_id: apart.scene.userId }])
    const audited = async (id: string) => {
      const { rows } = await db.pool.query(`SELECT action FROM "AuditEvent" WHERE subject_id = $1 ORDER BY at`, [id])
      return rows
    }
    expect(await audited(mine[0].id)).toEqual(await audited(others[0].id))
    expect(importers()).toEqual([])
  })

  it('fails as it does in this one', async () => {
    const inbox = await makeRecurrence(db)
    inbox.moveTo(TUESDAY)
    inbox.drop('bad.csv', 0, 'nada\n1\n')
    expect((await firingApart(inbox)).fired).toMatchObject([
      { status: 'FAILED', at: AT, reason: expect.stringContaining('bad.csv, line 1: no column with phones was found') },
    ])
  })

  it('says what went wrong where the database is away', async () => {
    const databaseUrl = 'postgresql://127.0.0.1:1/none'
    const clock = { now: () => new Date() }
    await expect(openDueApart({ databaseUrl, clock, signal: new AbortController().signal })).rejects.toThrow(
      /ECONNREFUSED/,
    )
  })

  it('is still due where its process is killed', async () => {
    const inbox = await makeRecurrence(db)
    inbox.moveTo(TUESDAY)
    inbox.drop('a.csv', 3)
    const firing = firingApart(inbox)
    firing.catch(() => undefined)
    process.kill(await frozenImporter(), 'SIGKILL')
    await expect(firing).rejects.toThrow("the import's process ended without a result: SIGKILL")
    expect((await firingApart(inbox)).fired).toMatchObject([{ status: 'OPENED', at: AT }])
  })
})

describe('a worker whose import takes long', () => {
  let worker: Awaited<ReturnType<typeof startTestWorker>> | undefined
  afterEach(async () => {
    await worker?.stop()
    worker = undefined
  })

  it('answers /healthz, sends and settles meanwhile', async () => {
    const sandbox = await openSandbox()
    const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5 })
    const id = await makeCampaign(db.pool, scene, { leads: 30 })
    // A worker goes by the database's clock.
    const inbox = await makeRecurrence(db, { cron: '* * * * *' })
    inbox.moveTo(new Date().toISOString())
    inbox.drop('heavy.csv', 3)
    worker = await startTestWorker({ databaseUrl: db.url, listen: true })
    const { url, queues } = worker
    // It takes as long as it likes: it is at it, and does not go on.
    const importer = await frozenImporter()

    await runCampaign({ pool: db.pool, queues, clock: inbox.clock }, id, scene.userId)
    for (let answers = 0; answers < 20; answers++) expect((await fetch(`${url}/healthz`)).status).toBe(200)
    const books = await until(
      'all is settled',
      () => booksOf(db.pool, id),
      ({ campaign }) => campaign === 'FINISHED',
    )
    expect(books.statuses).toEqual({ SENT: 30 })
    expect(await inbox.occurrences()).toEqual([])

    process.kill(importer, 'SIGCONT')
    await until(
      'it is imported',
      () => inbox.occurrences(),
      rows => rows.some(row => row.status === 'OPENED'),
    )
    expect(await inbox.campaigns()).toMatchObject([{ rows: 3, source_file: 'heavy.csv' }])
  })

  it('ends it when it is to stop, and the occurrence is still due', async () => {
    const inbox = await makeRecurrence(db, { cron: '* * * * *' })
    inbox.moveTo(new Date().toISOString())
    inbox.drop('heavy.csv', 3)
    worker = await startTestWorker({ databaseUrl: db.url })
    await frozenImporter()
    await worker.stop()
    worker = undefined
    expect(importers()).toEqual([])
    expect(await inbox.occurrences()).toEqual([])
    expect((await firingApart(inbox)).fired).toContainEqual(expect.objectContaining({ status: 'OPENED' }))
  })
})

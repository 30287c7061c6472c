import { appendFileSync, rmSync, utimesSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { dueCampaigns } from '../../../src/campaign/read/due.ts'
import { speaking } from '../../../src/language/text.ts'
import { openDueOccurrences } from '../../../src/recurrence/open-due.ts'
import { moveRecurrence } from '../../../src/recurrence/recurrence.ts'
import { useDatabase } from '../../support/database.ts'
import { until } from '../../support/worker.ts'
import { rowXml, workbookBytes } from '../../support/xlsx.ts'
import { makeRecurrence } from './scene.ts'

const db = useDatabase()
// Each test handles its own.
beforeEach(async () => {
  await db.pool.query(`UPDATE "Recurrence" SET status = 'REMOVED'`)
})
const TUESDAY = '2026-11-24T09:00:05-03:00'
const WEDNESDAY = '2026-11-25T09:00:05-03:00'
const THURSDAY = '2026-11-26T09:00:05-03:00'
const at = (moment: string) => new Date(moment)

describe('an occurrence', () => {
  it('opens a campaign from the newest file, at its time and once', async () => {
    const inbox = await makeRecurrence(db)
    inbox.drop('old.csv', 2)
    expect(await inbox.fire()).toEqual([])
    inbox.moveTo(TUESDAY)
    inbox.drop('new.csv', 3)
    expect(await inbox.fire()).toMatchObject([{ status: 'OPENED', file: 'new.csv', at: at('2026-11-24T12:00:00Z') }])
    expect(await inbox.fire()).toEqual([])
    expect(await inbox.campaigns()).toMatchObject([
      {
        status: 'PENDING_APPROVAL',
        rows: 3,
        source_file: 'new.csv',
        scheduled_at: at('2026-11-24T12:00:00Z'),
        user_id: inbox.scene.userId,
      },
    ])
    expect((await inbox.read()).next_at).toEqual(at('2026-11-25T12:00:00Z'))
  })

  it('takes no file twice and none that is older: nothing new is recorded, and the next one is not touched by it', async () => {
    const inbox = await makeRecurrence(db)
    inbox.drop('old.csv', 1)
    inbox.moveTo(TUESDAY)
    inbox.drop('a.csv', 1)
    await inbox.fire()
    inbox.moveTo(WEDNESDAY)
    expect(await inbox.fire()).toMatchObject([
      { status: 'NOTHING_NEW', file: null, reason: expect.stringContaining('no new file in') },
    ])
    inbox.moveTo(THURSDAY)
    inbox.drop('b.csv', 1)
    utimesSync(inbox.drop('c.csv', 2), at(THURSDAY), new Date(+at(THURSDAY) - 30_000))
    expect(await inbox.fire()).toMatchObject([
      { status: 'OPENED', file: 'c.csv', reason: expect.stringContaining('older files were skipped: b.csv') },
    ])
    expect((await inbox.occurrences()).map(one => one.status)).toEqual(['OPENED', 'NOTHING_NEW', 'OPENED'])
  })

  it('says of which sheets of a workbook nothing was read', async () => {
    const inbox = await makeRecurrence(db)
    inbox.moveTo(TUESDAY)
    const sheet = (name: string) => ({ name, rows: rowXml(1, ['telefone']) + rowXml(2, ['11987650009']) })
    inbox.drop('meses.csv', 0, await workbookBytes({ sheets: [sheet('Outubro'), sheet('Novembro')] }))
    expect(await inbox.fire()).toMatchObject([
      { status: 'OPENED', reason: expect.stringContaining('other sheets with rows were not read: Novembro') },
    ])
  })

  it('a file whose content was imported before is nothing new, and says as which campaign', async () => {
    const opens = async () => {
      const inbox = await makeRecurrence(db)
      inbox.moveTo(TUESDAY)
      inbox.drop('same.csv', 0, 'telefone\n11987650001\n')
      return inbox.fire()
    }
    expect(await opens()).toMatchObject([{ status: 'OPENED' }])
    expect(await opens()).toMatchObject([
      { status: 'NOTHING_NEW', reason: expect.stringContaining('same.csv was imported before, as campaign C') },
    ])
  })

  it('a bad file is recorded with its reason, and stops neither another recurrence nor the next day', async () => {
    const [bad, good] = [await makeRecurrence(db), await makeRecurrence(db)]
    for (const inbox of [bad, good]) inbox.moveTo(TUESDAY)
    bad.drop('bad.csv', 0, 'nome;contrato\nAna;1\n')
    good.drop('good.csv', 1)
    const signal = new AbortController().signal
    const fired = await openDueOccurrences({ pool: db.pool, prisma: db.prisma, clock: bad.clock, signal })
    expect(fired.map(one => one.status).sort()).toEqual(['FAILED', 'OPENED'])
    expect(await bad.occurrences()).toMatchObject([
      { status: 'FAILED', file: 'bad.csv', reason: expect.stringContaining('no column with phones was found') },
    ])
    bad.moveTo(WEDNESDAY)
    bad.drop('mended.csv', 2)
    expect(await bad.fire()).toMatchObject([{ status: 'OPENED', file: 'mended.csv' }])
  })

  it('keeps what the import warns of with the occurrence', async () => {
    const inbox = await makeRecurrence(db)
    inbox.moveTo(TUESDAY)
    inbox.drop('null.csv', 0, 'telefone;nome\n11987650001;NULL\n')
    const reason = expect.stringContaining('warnings of the import: BAD_NAME 1')
    expect(await inbox.fire()).toMatchObject([{ status: 'OPENED', reason }])
    expect(await inbox.occurrences()).toMatchObject([{ status: 'OPENED', reason }])
  })

  it('missed by more than start_before is skipped, not made up for', async () => {
    const inbox = await makeRecurrence(db, { settings: { startBefore: 30 } })
    inbox.drop('a.csv', 1)
    inbox.moveTo('2026-11-24T09:30:01-03:00')
    expect(await inbox.fire()).toMatchObject([{ status: 'SKIPPED', reason: 'missed by more than 30 minutes' }])
    expect(await inbox.campaigns()).toEqual([])
    inbox.moveTo('2026-11-25T09:30:00-03:00')
    expect(await inbox.fire()).toMatchObject([{ status: 'OPENED' }])
  })

  it('of those that were missed in a row only the last is handled', async () => {
    const inbox = await makeRecurrence(db, { cron: '0 * * * *' })
    inbox.drop('a.csv', 1)
    inbox.moveTo('2026-11-25T13:10:00-03:00')
    expect(await inbox.fire()).toMatchObject([
      { status: 'SKIPPED', at: at('2026-11-24T12:00:00Z') },
      { status: 'OPENED', at: at('2026-11-25T16:00:00Z') },
    ])
    expect((await inbox.read()).next_at).toEqual(at('2026-11-25T17:00:00Z'))
  })

  it('a file that is still being written is not taken; it is when it is complete', async () => {
    const inbox = await makeRecurrence(db)
    inbox.moveTo(TUESDAY)
    const file = inbox.drop('slow.csv', 2)
    const touched = new Date(+at(TUESDAY) - 50)
    utimesSync(file, touched, touched)
    const writer = setInterval(() => appendFileSync(file, '\n'), 5)
    const fired = await inbox.fire({ quietMs: 300 })
    clearInterval(writer)
    expect(fired).toMatchObject([{ status: 'NOT_YET', file: 'slow.csv', reason: 'the file is still being written' }])
    expect(await inbox.occurrences()).toEqual([])
    utimesSync(file, touched, touched)
    expect(await inbox.fire({ quietMs: 300 })).toMatchObject([{ status: 'OPENED' }])
    expect(await inbox.campaigns()).toMatchObject([{ rows: 2 }])
  })

  it('is left to another machine where its folder is not on this one, until it is missed', async () => {
    const inbox = await makeRecurrence(db)
    rmSync(inbox.folder, { recursive: true })
    inbox.moveTo(TUESDAY)
    expect(await inbox.fire()).toMatchObject([
      { status: 'NOT_YET', reason: expect.stringContaining('does not exist on this machine') },
    ])
    expect(await inbox.occurrences()).toEqual([])
    inbox.moveTo('2026-11-24T10:01:00-03:00')
    expect(await inbox.fire()).toMatchObject([
      { status: 'SKIPPED', reason: expect.stringContaining('does not exist on this machine') },
    ])
  })

  it('of an owner who is disabled, or may no longer do what it takes, opens nothing', async () => {
    const inbox = await makeRecurrence(db, { settings: { noCap: true } })
    inbox.moveTo(TUESDAY)
    inbox.drop('a.csv', 1)
    await db.pool.query(`UPDATE "User" SET role = 'USER' WHERE id = $1`, [inbox.scene.userId])
    expect(await inbox.fire()).toMatchObject([
      { status: 'FAILED', reason: expect.stringContaining('no longer an ADMIN') },
    ])
    inbox.moveTo(WEDNESDAY)
    await db.pool.query(`UPDATE "User" SET role = 'AUDITOR' WHERE id = $1`, [inbox.scene.userId])
    expect(await inbox.fire()).toMatchObject([{ status: 'FAILED', reason: expect.stringContaining('is an AUDITOR') }])
    inbox.moveTo('2026-11-26T09:00:05-03:00')
    await db.pool.query(`UPDATE "User" SET disabled_at = now() WHERE id = $1`, [inbox.scene.userId])
    // The reason is stored in English also by a Portuguese command or worker.
    expect(await speaking('pt-BR', () => inbox.fire())).toMatchObject([
      { status: 'FAILED', reason: expect.stringContaining('is disabled') },
    ])
  })

  it('waits while it is paused, and what was missed meanwhile stays missed', async () => {
    const inbox = await makeRecurrence(db)
    const move = async (how: 'pause' | 'resume' | 'remove') =>
      moveRecurrence(db.pool, await inbox.read(), how, { userId: inbox.scene.userId, now: inbox.clock.now() })
    await move('pause')
    inbox.drop('a.csv', 1)
    inbox.moveTo(TUESDAY)
    expect(await inbox.fire()).toEqual([])
    await move('resume')
    expect(await inbox.fire()).toEqual([])
    inbox.moveTo(WEDNESDAY)
    expect(await inbox.fire()).toMatchObject([{ status: 'OPENED' }])
    await expect(move('resume')).rejects.toMatchObject({ code: 'TRANSITION_REFUSED' })
    await move('remove')
    inbox.moveTo(THURSDAY)
    inbox.drop('b.csv', 1)
    expect(await inbox.fire()).toEqual([])
  })
})

describe('never twice', () => {
  it('however many handle it at once', async () => {
    const inbox = await makeRecurrence(db)
    inbox.moveTo(TUESDAY)
    inbox.drop('a.csv', 400)
    const ends = await Promise.all(Array.from({ length: 4 }, () => inbox.fire()))
    expect(ends.flat()).toMatchObject([{ status: 'OPENED' }])
    expect(await inbox.campaigns()).toHaveLength(1)
    expect(await inbox.occurrences()).toHaveLength(1)
  })

  it('where the process that opened the campaign died before the recurrence went on', async () => {
    const inbox = await makeRecurrence(db)
    inbox.moveTo(TUESDAY)
    inbox.drop('a.csv', 4)
    await inbox.fire()
    // The import's transaction is committed, the one around it is not.
    await db.pool.query(`UPDATE "Recurrence" SET next_at = $2 WHERE id = $1`, [inbox.id, at('2026-11-24T12:00:00Z')])
    inbox.drop('b.csv', 4)
    expect(await inbox.fire()).toEqual([])
    expect(await inbox.campaigns()).toHaveLength(1)
    expect((await inbox.read()).next_at).toEqual(at('2026-11-25T12:00:00Z'))
  })

  it('where two hold it at once after all: the second one’s import is undone', async () => {
    const inbox = await makeRecurrence(db)
    inbox.moveTo(TUESDAY)
    inbox.drop('a.csv', 4)
    // As if the row's lock had been lost with its connection while its import went on.
    await db.pool.query(
      `CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         INSERT INTO "Occurrence" (id, recurrence_id, at, status) VALUES (gen_random_uuid(), '${inbox.id}',
           '2026-11-24T12:00:00Z', 'NOTHING_NEW');
         RETURN NEW; END $$;
       CREATE TRIGGER stolen AFTER INSERT ON "Campaign" FOR EACH ROW EXECUTE FUNCTION steal()`,
    )
    try {
      expect(await inbox.fire()).toMatchObject([
        { status: 'NOTHING_NEW', reason: expect.stringContaining('another process') },
      ])
    } finally {
      await db.pool.query(`DROP TRIGGER stolen ON "Campaign"; DROP FUNCTION steal()`)
    }
    expect(await inbox.campaigns()).toEqual([])
  })

  it('an import that is interrupted leaves nothing, and the occurrence is due still', async () => {
    const inbox = await makeRecurrence(db)
    inbox.moveTo(TUESDAY)
    inbox.drop('big.csv', 60_000)
    const stop = new AbortController()
    const holder = await db.pool.connect()
    await holder.query('BEGIN; LOCK TABLE "Campaign" IN SHARE MODE')
    const firing = inbox.fire({ signal: stop.signal })
    firing.catch(() => undefined) // it is awaited below
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    await until(
      'the import has begun',
      () => db.pool.query(waiting),
      ({ rowCount }) => rowCount === 1,
    )
    stop.abort()
    await holder.query('COMMIT')
    holder.release()
    await expect(firing).rejects.toThrow()
    expect(await inbox.occurrences()).toEqual([])
    expect(await inbox.fire()).toMatchObject([{ status: 'OPENED' }])
    expect(await inbox.campaigns()).toMatchObject([{ rows: 60_000 }])
  })
})

describe('a standing approval', () => {
  it('approves what is opened, in the approver’s name; it starts by itself like a scheduled one', async () => {
    const inbox = await makeRecurrence(db)
    const approver = await inbox.standing('0.45')
    inbox.moveTo(TUESDAY)
    inbox.drop('a.csv', 10)
    expect(await inbox.fire()).toMatchObject([{ status: 'OPENED', reason: null }])
    const [campaign] = await inbox.campaigns()
    expect(campaign).toMatchObject({ status: 'APPROVED', approved_by: approver, failure_reason: null })
    const { due } = await dueCampaigns(db.pool, inbox.clock.now(), false)
    expect(due.map(one => one.id)).toContain(campaign.id)
    const { rows } = await db.pool.query(
      `SELECT user_id, detail FROM "AuditEvent" WHERE subject_id = $1 AND action = 'campaign.approve'`,
      [campaign.id],
    )
    const { handle } = await inbox.read()
    expect(rows).toMatchObject([{ user_id: null, detail: { standing: handle, approved_by: approver, rows: 10 } }])
  })

  type Inbox = Awaited<ReturnType<typeof makeRecurrence>>
  it.each<[what: string, before: (inbox: Inbox, approver: string) => Promise<unknown>, reason: RegExp, rows?: number]>([
    ['a campaign over the ceiling', async () => undefined, /may cost 0\.4950, over the ceiling of 0\.45/, 11],
    [
      'another price',
      ({ scene }) => db.pool.query(`UPDATE "Broker" SET cost_per_message = 0.0100 WHERE id = $1`, [scene.brokerId]),
      /the price, the template or a setting has changed/,
    ],
    [
      'another setting',
      ({ id }) => db.pool.query(`UPDATE "Recurrence" SET settings = settings || '{"noCap": true}' WHERE id = $1`, [id]),
      /the price, the template or a setting has changed/,
    ],
    [
      'another folder',
      ({ id }) => db.pool.query(`UPDATE "Recurrence" SET pattern = '*.*' WHERE id = $1`, [id]),
      /the price, the template or a setting has changed/,
    ],
    [
      'an approver who is no longer an ADMIN',
      (_, approver) => db.pool.query(`UPDATE "User" SET role = 'USER' WHERE id = $1`, [approver]),
      /is no longer an ADMIN/,
    ],
    [
      'an approver who is disabled',
      (_, approver) => db.pool.query(`UPDATE "User" SET disabled_at = now() WHERE id = $1`, [approver]),
      /is no longer an ADMIN/,
    ],
    [
      'a budget that is short',
      ({ scene }) => db.pool.query(`UPDATE "Budget" SET budget = 0.44 WHERE wallet_id = $1`, [scene.walletId]),
      /has 0\.4400 available/,
    ],
  ])('does not hold for %s: the campaign waits for a person, with the reason', async (_, before, reason, rows = 10) => {
    const inbox = await makeRecurrence(db)
    const approver = await inbox.standing('0.45')
    await before(inbox, approver)
    inbox.moveTo(TUESDAY)
    inbox.drop('a.csv', rows)
    const [fired] = await inbox.fire()
    expect(fired).toMatchObject({ status: 'OPENED', reason: expect.stringMatching(reason) })
    const [campaign] = await inbox.campaigns()
    expect(campaign).toMatchObject({ status: 'PENDING_APPROVAL', failure_reason: expect.stringMatching(reason) })
  })

  it('is void when the template’s text changes', async () => {
    const template = { id: '01930000-0000-7000-8000-00000000000a', code: 'aviso', content: 'Olá' }
    await db.pool.query(
      `INSERT INTO "Template" (id, name, template_code, content, updated_at) VALUES ($1, 'Aviso', 'aviso', 'Olá', now())`,
      [template.id],
    )
    const inbox = await makeRecurrence(db, { settings: { template, message: null } })
    await inbox.standing('10.00')
    inbox.moveTo(TUESDAY)
    inbox.drop('a.csv', 1)
    expect(await inbox.fire()).toMatchObject([{ status: 'OPENED', reason: null }])
    await db.pool.query(`UPDATE "Template" SET content = 'Oi' WHERE id = $1`, [template.id])
    inbox.moveTo(WEDNESDAY)
    inbox.drop('b.csv', 1)
    expect(await inbox.fire()).toMatchObject([{ status: 'OPENED', reason: expect.stringContaining('the template') }])
  })

  it('holds to the end of its last day', async () => {
    const inbox = await makeRecurrence(db, { cron: '0 23 * * *' })
    await inbox.standing('10.00', '2026-11-24')
    inbox.moveTo('2026-11-24T23:00:01-03:00')
    inbox.drop('a.csv', 1)
    expect(await inbox.fire()).toMatchObject([{ status: 'OPENED', reason: null }])
    inbox.moveTo('2026-11-25T23:00:01-03:00')
    inbox.drop('b.csv', 1)
    expect(await inbox.fire()).toMatchObject([{ reason: expect.stringContaining('it ended on 2026-11-24') }])
  })

  it('takes four eyes', async () => {
    const inbox = await makeRecurrence(db)
    const { giveStandingApproval } = await import('../../../src/recurrence/standing-approval.ts')
    const order = {
      approverId: inbox.scene.userId,
      ceiling: '1.00',
      until: null,
      now: inbox.clock.now(),
    }
    const own = giveStandingApproval(db.pool, await inbox.read(), order)
    await expect(own).rejects.toMatchObject({ code: 'SELF_APPROVAL' })
    expect((await inbox.read()).approval_hash).toBeNull()
  })
})

import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyEvents } from '../../src/webhook/apply-events.ts'
import { openInbox } from '../../src/webhook/inbox.ts'
import { type SentCampaign, sentCampaign } from '../integration/webhook/scene.ts'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed, userEnv } from '../support/login.ts'

const db = useDatabase()
const NOON = new Date('2026-11-24T12:00:00Z')
let env: NodeJS.ProcessEnv
let campaign: SentCampaign

beforeAll(async () => {
  env = await userEnv(db, await adminEnv(db))
})

beforeEach(async () => {
  await db.pool.query(`TRUNCATE "InboundMessage", "Blocklist" RESTART IDENTITY`)
  campaign = await sentCampaign(db.pool)
  const texts = ['qual o valor?', 'sair', 'já paguei', 'meu cpf é 529.982.247-25']
  await openInbox(db.pool, { now: () => NOON }).store(
    campaign.brokerId,
    texts.map((text, i) => ({
      event: 'REPLY' as const,
      phone: campaign.leads[i]!.phone,
      reply: { id: `in-${i}`, kind: 'text', text },
      occurredAt: NOON,
      payload: {},
    })),
  )
  await applyEvents(db.pool, { limit: 100, now: NOON })
})

const run = (...args: string[]) => camp(['inbox', ...args], { env })
const json = async (...args: string[]) => (await succeed(run(...args, '--json'))).json()
const blocked = async (lead: number) => {
  const { rowCount } = await db.pool.query(`SELECT 1 FROM "Blocklist" WHERE phone = $1`, [campaign.leads[lead]!.phone])
  return rowCount === 1
}

describe('camp inbox list', () => {
  it('lists what waits for a user, newest first, with masked numbers', async () => {
    const { replies } = await json('list')
    expect(replies.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['OTHER', 'PAID', 'OTHER'])
    expect(replies[0].text).toBe('meu cpf é ***.***.***-25')
    expect(JSON.stringify(replies)).not.toContain(campaign.leads[3]!.phone)
    expect((await succeed(run('list'))).out).toMatch(/^ *ID +RECEIVED +PHONE +MEANING +TEXT/)
  })

  it('filters, and shows pages', async () => {
    expect((await json('list', '--all')).replies).toHaveLength(4)
    expect((await json('list', '--all', '--verdict', 'opt-out')).replies).toMatchObject([{ text: 'sair' }])
    expect((await json('list', '--broker', campaign.brokerId)).replies).toHaveLength(3)
    expect((await json('list', '--wallet', campaign.walletId, '--verdict', 'paid')).replies).toHaveLength(1)
    expect((await json('list', '--since', '2026-11-25')).replies).toEqual([])
    const first = await json('list', '--limit', '2')
    expect((await json('list', '--after', first.next)).replies).toMatchObject([{ text: 'qual o valor?' }])
  })
})

describe('camp inbox show', () => {
  it('shows a reply with its phone and what decided', async () => {
    expect(await json('show', '2')).toMatchObject({
      phone: campaign.leads[1]!.phone,
      verdict: 'OPT_OUT',
      words: 'sair',
    })
    expect((await succeed(run('show', '2'))).out).toMatch(/meaning +OPT_OUT\nbecause of +sair/)
  })

  it('of a reply that is not there ends with 3', async () => {
    const refused = await run('show', '99', '--json')
    expect([refused.code, refused.error().code]).toEqual([3, 'REPLY_NOT_FOUND'])
    expect((await run('show', 'x')).code).toBe(2)
  })
})

describe('camp inbox handle', () => {
  it('takes replies off the list, and audits each', async () => {
    await json('handle', '1', '3')
    expect((await json('list')).replies).toMatchObject([{ id: '4' }])
    const { rows } = await db.pool.query(
      `SELECT subject_id, detail FROM "AuditEvent" WHERE action = 'inbox.handle' ORDER BY subject_id`,
    )
    expect(rows).toMatchObject([
      { subject_id: '1', detail: { was: 'OTHER', verdict: 'OTHER' } },
      { subject_id: '3', detail: { was: 'PAID', verdict: 'PAID' } },
    ])
  })

  it('as an opt-out blocks the phone', async () => {
    expect(await blocked(0)).toBe(false)
    const { handled } = await json('handle', '1', '--as', 'opt-out', '--reason', 'asked by phone')
    expect(handled).toEqual([
      { id: '1', was: 'OTHER', verdict: 'OPT_OUT', blocked: 1, stays_blocked: false, no_phone: false },
    ])
    expect(await blocked(0)).toBe(true)
    expect(await json('show', '1')).toMatchObject({ verdict: 'OPT_OUT', judged: 'OTHER', reason: 'asked by phone' })
  })

  it('warns where the broker told no phone, and nothing is blocked', async () => {
    await openInbox(db.pool, { now: () => NOON }).store(campaign.brokerId, [
      {
        event: 'REPLY',
        reply: { id: 'in-9', kind: 'text', text: 'quem fala?', sender: 'BR.1' },
        occurredAt: NOON,
        payload: {},
      },
    ])
    await applyEvents(db.pool, { limit: 100, now: NOON })
    const { rows } = await db.pool.query(`SELECT id::text FROM "InboundMessage" WHERE phone IS NULL`)
    const handled = await succeed(run('handle', rows[0].id, '--as', 'opt-out', '--json'))
    expect(handled.json().handled).toMatchObject([{ blocked: 0, no_phone: true }])
    expect(handled.err).toContain('camp blocklist add --phone')
  })

  it('never unblocks: a false stop is removed from the blocklist by an ADMIN', async () => {
    const corrected = await succeed(run('handle', '2', '--as', 'other'))
    expect(corrected.err).toContain('camp blocklist remove')
    expect(await blocked(1)).toBe(true)
  })

  it('handles all or none', async () => {
    expect((await run('handle', '1', '99')).code).toBe(3)
    expect((await json('list')).replies).toHaveLength(3)
  })
})

it('a campaign and a phone show how many replies there are', async () => {
  const show = await camp(['campaign', 'show', campaign.id, '--json'], { env })
  expect(show.json().replies).toEqual({ total: 4, waiting: 3 })
  const explained = await camp(['campaign', 'explain', campaign.leads[1]!.phone, '--json'], { env })
  expect(explained.json().replies).toEqual({ total: 1, waiting: 0 })
  expect((await camp(['campaign', 'explain', campaign.leads[0]!.phone], { env })).out).toMatch(
    /^replies +1, 1 of them/m,
  )
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { adapterOf } from '../../../src/broker/registry.ts'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { resolveClosing } from '../../../src/campaign/doubt/resolve.ts'
import { systemClock } from '../../../src/clock.ts'
import { importCampaign } from '../../../src/intake/import.ts'
import type { Sandbox } from '../../../src/sandbox/server.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { booksOf, makeCampaign, makeScene, type Scene, setBudget, stampApproval } from '../../support/fixtures.ts'
import { importRequest } from '../../support/import-request.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { until } from '../../support/worker.ts'

const db = useDatabase()
const { workers, status } = dispatchOn(db)

/** GOSAC's stand-in, a wallet with an account there, a worker, and what moves need. */
async function open(options: { quirks?: object; keys?: object; maxBatch?: number; budget?: string } = {}) {
  const sandbox = await openSandbox({ brokers: { GOSAC: { quirks: options.quirks ?? {} } } })
  const scene = await makeScene(db.pool, {
    adapter: 'GOSAC',
    credential: { url: `${sandbox.url}/api/campaigns`, token: 'INTEGRATION x', ...options.keys },
    maxBatch: options.maxBatch ?? 50,
    budget: options.budget ?? '100000.00',
  })
  return { sandbox, scene, deps: await workers({ count: 1 }) }
}

const folder = scratchFolder('gosac')
let files = 0

/** As `camp campaign import` does it, then approved as it stands, round the clock. */
async function importText(scene: Scene, text: string, message: string | null): Promise<string> {
  const file = join(folder, `file-${++files}.csv`)
  writeFileSync(file, text)
  const made = await importCampaign(
    { pool: db.pool, prisma: db.prisma, clock: systemClock, signal: new AbortController().signal },
    {
      ...importRequest(scene),
      file,
      broker: { id: scene.brokerId, cost: '0.0450', maxBatch: 50, rateLimit: null },
      adapter: await adapterOf('GOSAC'),
      message,
      hours: { from: 0, to: 1440 },
      days: 127,
      allowHolidays: true,
    },
  )
  await stampApproval(db.pool, made.id!)
  await db.pool.query(`UPDATE "Campaign" SET status = 'APPROVED' WHERE id = $1`, [made.id])
  return made.id!
}

/** phone → the texts that it received */
function textsOf(sandbox: Sandbox): Map<string, string[]> {
  const texts = new Map<string, string[]>()
  for (const { phone, content } of sandbox.messages()) {
    texts.set(phone, [...(texts.get(phone) ?? []), (content as { text: string }).text])
  }
  return texts
}

describe('one text per campaign at GOSAC', () => {
  it('gives each person their own text, and never anybody else’s', async () => {
    const { sandbox, scene, deps } = await open()
    const names = ['Ana', 'Bia', 'Caio', 'Davi', 'Eva']
    // Names come back in no order, in two time zones, so that texts and zones cut across each other.
    const people = Array.from({ length: 60 }, (_, i) => ({
      phone: `${i % 2 ? 11 : 92}9${String(30_000_000 + i * 7)}`,
      nome: names[(i * i) % names.length]!,
    }))
    const rows = people.map(({ phone, nome }) => `${phone};${nome}`)
    const id = await importText(scene, `telefone;nome\n${rows.join('\n')}\n`, 'Olá {{nome}}')
    await runCampaign(deps, id, scene.userId)
    expect(await status(id, 'FINISHED')).toMatchObject({ statuses: { SENT: 60 }, used: '2.7000', ledger: '2.7000' })
    expect(textsOf(sandbox)).toEqual(new Map(people.map(({ phone, nome }) => [`55${phone}`, [`Olá ${nome}`]])))
    // One for each text and zone: 3 of the 5 names occur, as squares do.
    const texts = new Set(people.map(({ phone, nome }) => phone.slice(0, 2) + nome))
    expect(sandbox.stats('GOSAC')).toMatchObject({ requests: texts.size, accepted: 60, duplicates: 0, violations: [] })
  })

  it('sends the text that a row brings along', async () => {
    const { sandbox, scene, deps } = await open()
    const text =
      'telefone;nome;mensagem\n11930001001;Ana;Oi, Ana: 10% hoje\n11930001002;Bia;\n11930001003;Caio;Caio, ligue\n'
    const id = await importText(scene, text, 'Olá {{nome}}')
    await runCampaign(deps, id, scene.userId)
    await status(id, 'FINISHED')
    expect(textsOf(sandbox)).toEqual(
      new Map([
        ['5511930001001', ['Oi, Ana: 10% hoje']],
        ['5511930001002', ['Olá Bia']],
        ['5511930001003', ['Caio, ligue']],
      ]),
    )
  })

  it('even of a batch whose leads were given other texts since: it is halved, not sent', async () => {
    const { sandbox, scene, deps } = await open({ maxBatch: 8 })
    const id = await makeCampaign(db.pool, scene, { leads: 8, status: 'PAUSED' })
    await stampApproval(db.pool, id)
    await db.pool.query(
      `INSERT INTO "Batch" (id, campaign_id, number, from_seq, to_seq, size, zone)
       VALUES (gen_random_uuid(), $1, 1, 2, 16, 8, 'America/Sao_Paulo')`,
      [id],
    )
    await db.pool.query(
      `UPDATE "CampaignLead" SET custom_message = 'Olá ' || seq % 3 || ', ' || seq % 2 WHERE campaign_id = $1`,
      [id],
    )
    await resumeCampaign(deps, id, scene.userId)
    expect((await status(id, 'FINISHED')).statuses).toEqual({ SENT: 8 })
    const { rows } = await db.pool.query<{ phone: string; custom_message: string }>(
      `SELECT phone, custom_message FROM "CampaignLead" WHERE campaign_id = $1`,
      [id],
    )
    expect(textsOf(sandbox)).toEqual(new Map(rows.map(row => [row.phone, [row.custom_message]])))
  })
})

describe('what GOSAC refuses', () => {
  it('one phone that poisons a campaign is ERROR alone; all others got it once', async () => {
    const { sandbox, scene, deps } = await open({ maxBatch: 32 })
    const id = await makeCampaign(db.pool, scene, { leads: 64 })
    const { rows } = await db.pool.query<{ phone: string }>(
      `SELECT phone FROM "CampaignLead" WHERE campaign_id = $1 ORDER BY seq`,
      [id],
    )
    const phones = rows.map(row => row.phone)
    sandbox.control({ poison: [phones[20]!] })
    await runCampaign(deps, id, scene.userId)
    expect(await status(id, 'FINISHED')).toMatchObject({
      statuses: { SENT: 63, ERROR: 1 },
      errors: { HTTP_400: 1 },
      used: '2.8350',
      ledger: '2.8350',
      billed: '2.8350',
    })
    const { rows: refused } = await db.pool.query(
      `SELECT phone FROM "CampaignLead" WHERE campaign_id = $1 AND status = 'ERROR'`,
      [id],
    )
    expect(refused).toEqual([{ phone: phones[20] }])
    expect(phones.map(phone => sandbox.countOf(phone))).toEqual(phones.map((_, i) => (i === 20 ? 0 : 1)))
  })

  it('a contact without a name is ERROR alone, and costs nothing', async () => {
    const { sandbox, scene, deps } = await open()
    const id = await makeCampaign(db.pool, scene, { leads: 10 })
    await db.pool.query(`UPDATE "CampaignLead" SET nome = NULL WHERE campaign_id = $1 AND seq IN (4, 18)`, [id])
    await runCampaign(deps, id, scene.userId)
    expect(await status(id, 'FINISHED')).toMatchObject({
      statuses: { SENT: 8, ERROR: 2 },
      errors: { MISSING_NAME: 2 },
      used: '0.3600',
      ledger: '0.3600',
    })
    expect(sandbox.stats()).toMatchObject({ requests: 1, accepted: 8 })
  })
})

describe('starting what was created', () => {
  const put = { start: 'put', start_delay_seconds: 0 }

  async function closingsOf(id: string) {
    const { rows } = await db.pool.query<{ status: string; error: string | null }>(
      `SELECT status, error FROM "Batch" WHERE campaign_id = $1 AND kind = 'CLOSING' ORDER BY number`,
      [id],
    )
    return rows
  }

  it('each campaign once, after the last was created; then it is FINISHED', async () => {
    const { sandbox, scene, deps } = await open({ quirks: { starts_at_creation: false }, keys: put, maxBatch: 10 })
    const id = await makeCampaign(db.pool, scene, { leads: 40 })
    await runCampaign(deps, id, scene.userId)
    expect((await status(id, 'FINISHED')).statuses).toEqual({ SENT: 40 })
    expect(sandbox.stats('GOSAC')).toMatchObject({ requests: 8, accepted: 40, duplicates: 0, violations: [] })
    expect(await closingsOf(id)).toEqual(Array(5).fill({ status: 'DONE', error: null }))
  })

  it('in its turn of the credential’s rate', async () => {
    const { sandbox, scene, deps } = await open({ quirks: { starts_at_creation: false }, keys: put, maxBatch: 10 })
    await db.pool.query(`UPDATE "Broker" SET rate_limit = 5 WHERE id = $1`, [scene.brokerId])
    const id = await makeCampaign(db.pool, scene, { leads: 30 })
    const from = Date.now()
    await runCampaign(deps, id, scene.userId)
    await status(id, 'FINISHED')
    const starts = sandbox.starts()
    expect(starts).toHaveLength(6)
    // The sixth is due a second after the first; a busy machine may be later. A timer may be a little early.
    expect(starts.at(-1)! - from).toBeGreaterThan(950)
    // Each of the six took the credential for a fifth of a second, one after the other.
    const { rows } = await db.pool.query<{ next_at: Date }>(`SELECT next_at FROM "SendSlot" WHERE id = $1`, [
      scene.credentialId,
    ])
    expect(rows[0]!.next_at.getTime() - from).toBeGreaterThan(1_150)
  })

  it('not again after one in doubt: the campaign waits for a person, who then goes on with the others alone', async () => {
    const { sandbox, scene, deps } = await open({ quirks: { starts_at_creation: false }, keys: put, maxBatch: 10 })
    const id = await makeCampaign(db.pool, scene, { leads: 40 })
    // Four are created, the first is started, and the second start's answer is lost.
    const asUsual = { fault: 'accept-missing', times: 5 }
    sandbox.control({ brokers: { GOSAC: { next: [asUsual, { fault: 'accept-drop' }] } } })
    await runCampaign(deps, id, scene.userId)
    const books = await status(id, 'PAUSED')
    expect(books.reason).toMatch(/in doubt .*GOSAC's campaign \d.*check there/)
    expect((await closingsOf(id)).filter(closing => closing.status === 'IN_DOUBT')).toHaveLength(1)
    await resumeCampaign(deps, id, scene.userId)
    await until(
      'the others are started',
      async () => sandbox.stats('GOSAC').accepted,
      accepted => accepted === 40,
    )
    await until(
      'they are done',
      () => closingsOf(id),
      closings => closings.filter(closing => closing.status === 'DONE').length === 4,
    )
    // The one in doubt keeps the campaign open, and is not asked for again.
    expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'PROCESSING', statuses: { SENT: 40 } })
    await resolveClosing(deps, id, { verdict: 'SENT', userId: scene.userId })
    await status(id, 'FINISHED')
    expect(sandbox.stats('GOSAC')).toMatchObject({ requests: 8, duplicates: 0 })
  })

  it('again where a person has found that it did not happen', async () => {
    const { sandbox, scene, deps } = await open({ quirks: { starts_at_creation: false }, keys: put, maxBatch: 10 })
    const id = await makeCampaign(db.pool, scene, { leads: 20 })
    const asUsual = { fault: 'accept-missing', times: 2 }
    sandbox.control({ brokers: { GOSAC: { next: [asUsual, { fault: 'drop' }] } } })
    await runCampaign(deps, id, scene.userId)
    await status(id, 'PAUSED')
    await resolveClosing(deps, id, { verdict: 'RESEND', userId: scene.userId })
    await resumeCampaign(deps, id, scene.userId)
    expect((await status(id, 'FINISHED')).statuses).toEqual({ SENT: 20 })
    expect(sandbox.stats('GOSAC')).toMatchObject({ requests: 5, accepted: 20, duplicates: 0 })
  })

  it('is not repeated, nor anything created again, where creating had started it', async () => {
    const { sandbox, scene, deps } = await open({ keys: put, maxBatch: 20 })
    const id = await makeCampaign(db.pool, scene, { leads: 40 })
    await runCampaign(deps, id, scene.userId)
    const books = await status(id, 'PAUSED')
    expect(books.reason).toContain('already running')
    expect(books.statuses).toEqual({ SENT: 40 })
    expect(sandbox.stats('GOSAC')).toMatchObject({ requests: 3, accepted: 40, duplicates: 0 })
  })

  it('both campaigns of a batch that the budget paid for in two parts', async () => {
    const { sandbox, scene, deps } = await open({
      quirks: { starts_at_creation: false },
      keys: put,
      maxBatch: 20,
      budget: '0.45',
    })
    const id = await makeCampaign(db.pool, scene, { leads: 20 })
    await runCampaign(deps, id, scene.userId)
    await status(id, 'FAILED')
    await setBudget(db.pool, scene.walletId, '100.00')
    await resumeCampaign(deps, id, scene.userId)
    expect((await status(id, 'FINISHED')).statuses).toEqual({ SENT: 20 })
    expect(sandbox.stats('GOSAC')).toMatchObject({ requests: 4, accepted: 20, duplicates: 0 })
  })

  it('what is sent after a closing is started alone', async () => {
    const { sandbox, scene, deps } = await open({ quirks: { starts_at_creation: false }, keys: put, maxBatch: 10 })
    const id = await makeCampaign(db.pool, scene, { leads: 20 })
    await runCampaign(deps, id, scene.userId)
    await status(id, 'FINISHED')
    // As a resend of leads in doubt would leave it.
    await db.pool.query(
      `UPDATE "CampaignLead" SET status = 'PENDING', phone = '5521' || substr(phone, 5) WHERE campaign_id = $1 AND seq <= 6`,
      [id],
    )
    await db.pool.query(`UPDATE "Campaign" SET status = 'PAUSED', finished_at = NULL WHERE id = $1`, [id])
    await resumeCampaign(deps, id, scene.userId)
    expect((await status(id, 'FINISHED')).statuses).toEqual({ SENT: 20 })
    expect(sandbox.stats('GOSAC')).toMatchObject({ requests: 6, accepted: 23, duplicates: 0, violations: [] })
    expect((await closingsOf(id)).map(closing => closing.status)).toEqual(Array(5).fill('DONE'))
  })
})

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { reconcileBudgets } from '../../src/budget/reconcile.ts'
import { takeCheckpoints } from '../../src/security/checkpoints.ts'
import { auditRecords } from '../../src/security/record-audit.ts'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { makeCampaign, testKeys } from '../support/fixtures.ts'
import { adminEnv, succeed } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'
import { sendCampaign, type Told } from '../support/tampering.ts'

const db = useDatabase()
const CPF = '12345678909'
let env: NodeJS.ProcessEnv
let told: Told
let phones: Map<number, string>

const run = (...argv: string[]) => camp(argv, { env })

async function leadOf(campaign: string, seq: number) {
  const { rows } = await db.pool.query(`SELECT * FROM "CampaignLead" WHERE campaign_id = $1 AND seq = $2`, [
    campaign,
    seq,
  ])
  return rows[0]
}

/** The tables that contain `text` anywhere. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = [
    'CampaignLead',
    'Contact',
    'WebhookEvent',
    'ProviderMessage',
    'LeadEvent',
    'AuditEvent',
    'Blocklist',
    'InboundMessage',
  ]
  const found: string[] = []
  for (const name of tables) {
    const { rowCount } = await db.pool.query(
      `SELECT 1 FROM "${name}" t WHERE to_jsonb(t)::text LIKE '%${text}%' LIMIT 1`,
    )
    if (rowCount) found.push(name)
  }
  return found
}

async function differences() {
  return (await reconcileBudgets(db.pool)).differences
}

beforeAll(async () => {
  env = await adminEnv(db)
  told = await sendCampaign(db)
  await db.pool.query(
    `UPDATE "CampaignLead" SET cpf_cnpj = $2, provider_msg_id = 'SM1', variables = '{"mae": "Rita"}'
     WHERE campaign_id = $1 AND seq = 2`,
    [told.campaignId, CPF],
  )
  await db.pool.query(`UPDATE "Contact" SET last_sent_at = now() - interval '2 days'`)
  const { rows } = await db.pool.query(`SELECT seq, phone FROM "CampaignLead" WHERE campaign_id = $1`, [
    told.campaignId,
  ])
  phones = new Map(rows.map(row => [row.seq, row.phone]))
  await db.pool.query(
    `INSERT INTO "WebhookEvent" (broker_id, event, lead_id, phone, occurred_at, applied_at)
     SELECT $1, 'DELIVERED', id, phone, now(), now() FROM "CampaignLead" WHERE campaign_id = $2 AND seq = 2`,
    [told.scene.brokerId, told.campaignId],
  )
  await db.pool.query(
    `INSERT INTO "InboundMessage" (broker_id, provider_id, campaign_id, lead_id, phone, kind, text, verdict, occurred_at, received_at)
     SELECT $1, 'in-' || phone, campaign_id, id, phone, 'text', 'meu cpf é ' || $3, 'OTHER', now(), now() - interval '200 days'
     FROM "CampaignLead" WHERE campaign_id = $2 AND seq IN (2, 3)`,
    [told.scene.brokerId, told.campaignId, CPF],
  )
  await db.pool.query(
    `UPDATE "InboundMessage" SET text = 'oi' WHERE phone = (SELECT phone FROM "CampaignLead" WHERE campaign_id = $1 AND seq = 3)`,
    [told.campaignId],
  )
  await takeCheckpoints(db.pool, await testKeys())
})

describe('camp data', () => {
  it('exports what camp has about a person, and names them in the audit by a hash', async () => {
    const { json } = await succeed(run('data', 'export', '--document', CPF, '--json'))
    expect(json()).toMatchObject({
      stories: [{ messages: [{ status: 'SENT', text: 'Olá' }] }],
      leads: [{ phone: phones.get(2), nome: 'Pessoa 1', variables: { mae: 'Rita' } }],
      callbacks: [{ event: 'DELIVERED' }],
      replies: [{ phone: phones.get(2), text: `meu cpf é ${CPF}` }],
      contacts: [{ key: `p:${phones.get(2)}` }],
    })
    expect((await succeed(run('data', 'export', '--document', CPF))).out).toMatch(/leads +1\n[\s\S]*Pessoa 1/)
    const { rows } = await db.pool.query(
      `SELECT to_jsonb(e)::text AS event FROM "AuditEvent" e WHERE action = 'data.export'`,
    )
    expect(rows).toHaveLength(2)
    expect(rows[0].event).not.toContain(CPF)
  })

  it('erases a person: no table contains their number, and the books still agree', async () => {
    const phone = phones.get(2)!
    const before = await leadOf(told.campaignId, 2)
    const findings = (await auditRecords(db.pool, await testKeys())).findings
    const line = ['data', 'erase', '--phone', phone, '--document', CPF]
    expect(await tablesWith(phone)).toEqual(['CampaignLead', 'Contact', 'WebhookEvent', 'InboundMessage'])
    expect((await succeed(run(...line, '--dry-run', '--json'))).json()).toMatchObject({
      leads: 1,
      cancelled: 0,
      replies: 1,
      callbacks: 1,
    })
    expect((await leadOf(told.campaignId, 2)).phone).toBe(phone)
    expect(await run(...line)).toMatchObject({ code: 2, err: expect.stringContaining('--yes') })
    await succeed(run(...line, '--yes'))
    expect(await tablesWith(phone)).toEqual([])
    expect(await tablesWith(CPF)).toEqual([])
    const { status, billed, sent_at, batch_number } = before
    expect(await leadOf(told.campaignId, 2)).toMatchObject({
      ...{ phone: 'erased', nome: null, variables: null, provider_msg_id: null, erased_at: expect.any(Date) },
      ...{ status, billed, sent_at, batch_number },
    })
    expect(await differences()).toEqual([])
    expect((await auditRecords(db.pool, await testKeys())).findings).toEqual(findings)
    expect((await succeed(run('campaign', 'explain', phone))).out).toMatch(
      /^erased +on 20.*: the data of 1 lead was replaced$/m,
    )
    expect(await run(...line, '--yes')).toMatchObject({ code: 3 })
  })

  it('finds a lead that was erased by other means', async () => {
    await db.pool.query(
      `UPDATE "CampaignLead" SET phone = 'erased', erased_at = now() WHERE campaign_id = $1 AND seq = 4`,
      [told.campaignId],
    )
    expect(await differences()).toMatchObject([{ check: 'ERASURE', found: '1' }])
    await db.pool.query(`UPDATE "CampaignLead" SET phone = $2, erased_at = NULL WHERE campaign_id = $1 AND seq = 4`, [
      told.campaignId,
      phones.get(4),
    ])
    expect(await differences()).toEqual([])
  })

  it('refuses while a message is in doubt, and cancels one that waits', async () => {
    expect(await run('data', 'erase', '--phone', phones.get(12)!, '--yes')).toMatchObject({
      code: 4,
      err: expect.stringContaining('camp campaign resolve'),
    })
    const waiting = await makeCampaign(db.pool, told.scene, { leads: 2 })
    const { phone } = await leadOf(waiting, 2)
    await succeed(run('data', 'erase', '--phone', phone, '--yes'))
    expect(await leadOf(waiting, 2)).toMatchObject({ status: 'ERROR', error_code: 'CANCELLED', phone: 'erased' })
    expect(await leadOf(waiting, 4)).toMatchObject({ status: 'PENDING' })
    await db.pool.query(`UPDATE "Campaign" SET status = 'FAILED' WHERE id = $1`, [waiting])
    expect(await run('campaign', 'retry', waiting)).toMatchObject({
      code: 4,
      err: expect.stringContaining('no failed leads'),
    })
  })

  it('leaves the blocklist: the person is imported again, and refused', async () => {
    const phone = phones.get(14)!
    await succeed(run('blocklist', 'add', '--phone', phone, '--reason', 'Rita pediu'))
    await succeed(run('data', 'erase', '--phone', phone, '--yes'))
    expect(await tablesWith('Rita pediu')).toEqual(['AuditEvent'])
    const file = join(scratchFolder('again'), 'de-novo.csv')
    await writeFile(file, `telefone;nome\n${phone};Rita\n11900001111;Beto\n`)
    const target = ['--wallet', told.scene.walletId, '--broker', told.scene.brokerId, '--message', 'Oi', '--json']
    const { json } = await succeed(run('campaign', 'import', file, ...target))
    expect(json().errors).toMatchObject({ BLOCKLISTED: 1 })
  })
})

describe('camp prune', () => {
  it('replaces the data of old campaigns, and keeps what the books and the reports count', async () => {
    const old = await makeCampaign(db.pool, told.scene, { leads: 3, status: 'FINISHED' })
    await db.pool.query(`UPDATE "CampaignLead" SET status = 'ERROR', error_code = 'REFUSED' WHERE campaign_id = $1`, [
      old,
    ])
    await db.pool.query(
      `UPDATE "Campaign" SET finished_at = now() - interval '400 days', status = 'FINISHED' WHERE id = ANY($1)`,
      [[old, told.campaignId]],
    )
    const { phone } = await leadOf(old, 2)
    const figures = { campaigns: 1, leads: 3, campaigns_left: 1 }
    expect((await succeed(run('prune', '--older-than', '180d', '--dry-run', '--json'))).json()).toMatchObject(figures)
    expect((await leadOf(old, 2)).phone).toBe(phone)
    expect((await succeed(run('prune', '--older-than', '180d', '--yes', '--json'))).json()).toMatchObject(figures)
    expect(await leadOf(old, 2)).toMatchObject({ phone: 'erased', nome: null, status: 'ERROR', error_code: 'REFUSED' })
    expect((await leadOf(told.campaignId, 6)).phone).toBe(phones.get(6))
    expect(await differences()).toEqual([])
    expect(await run('campaign', 'explain', phone)).toMatchObject({
      code: 3,
      err: expect.stringContaining('was pruned'),
    })
    expect((await succeed(run('prune', '--older-than', '180d', '--yes', '--json'))).json()).toMatchObject({
      campaigns: 0,
      leads: 0,
    })
  })

  it.each(['180', '3d', '0d', 'x'])('refuses --older-than %s', async text => {
    expect(await run('prune', '--older-than', text)).toMatchObject({ code: 2, err: expect.stringContaining('7d') })
  })
})

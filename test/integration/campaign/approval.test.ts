import { v7 as uuid } from 'uuid'
import { describe, expect, it } from 'vitest'
import { resumeCampaign, runCampaign } from '../../../src/campaign/actions/start.ts'
import { pauseCampaign } from '../../../src/campaign/actions/stop.ts'
import { approveCampaign } from '../../../src/campaign/approval/approve.ts'
import { formatThrottle } from '../../../src/campaign-settings/throttle-text.ts'
import { byHand } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { booksOf, makeCampaign, makeScene, setBudget } from '../../support/fixtures.ts'

const db = useDatabase()
const NOW = new Date('2026-11-24T12:00:00Z')
const options = { timezone: 'America/Sao_Paulo' }
const RAMP = { throttling_type: 'ramp', throttling_config: JSON.stringify({ perDay: 50, times: 2, max: 400 }) }

async function waiting(columns: Record<string, unknown> = {}, leads = 100) {
  const scene = await makeScene(db.pool, { budget: null })
  const { userId: approver } = await makeScene(db.pool)
  const { deps } = byHand(db, NOW)
  const id = await makeCampaign(db.pool, scene, { leads, status: 'PENDING_APPROVAL', columns })
  const approve = () => approveCampaign(deps, id, approver, options)
  const budget = (limit: string, month = 11) => setBudget(db.pool, scene.walletId, limit, { year: 2026, month })
  return { scene, approver, deps, id, approve, budget }
}

describe('an approval is bound to', () => {
  const other = { template: uuid(), wallet: uuid(), broker: uuid() }
  const set = (column: string, value: string) => `UPDATE "Campaign" SET ${column} = ${value} WHERE id = $1`

  it.each<[what: string, change: string]>([
    ['the file', set('source_sha256', `'other'`)],
    ['the leads’ count', set('lead_count', 'lead_count + 1')],
    ['the fish', set('fish', '3')],
    ['the message', set('base_message', `'Oi'`)],
    ['the template', set('template_id', `'${other.template}'`)],
    [
      'the template’s text',
      `UPDATE "Template" SET content = content || '!' WHERE id = (SELECT template_id FROM "Campaign" WHERE id = $1)`,
    ],
    ['the template’s variables', set('template_vars', `'{"1":"cpf"}'`)],
    ['the wallet', set('wallet_id', `'${other.wallet}'`)],
    ['the broker', set('broker_id', `'${other.broker}'`)],
    [
      'the unit cost',
      `UPDATE "Broker" SET cost_per_message = 0.0451 WHERE id = (SELECT broker_id FROM "Campaign" WHERE id = $1)`,
    ],
    ['the hours’ beginning', set('hours_from', '1')],
    ['the hours’ end', set('hours_to', '1439')],
    ['the days', set('days', '126')],
    ['holidays', set('allow_holidays', 'NOT allow_holidays')],
    ['the frequency cap', set('no_cap', 'NOT no_cap')],
    ['the throttling', set('throttling_type', `'none'`)],
    ['a ramp’s allowance', set('throttling_config', `throttling_config || '{"perDay": 51}'`)],
    ['a ramp’s growth', set('throttling_config', `throttling_config || '{"times": 3}'`)],
    ['a ramp’s ceiling', set('throttling_config', `throttling_config - 'max'`)],
    ['a ramp’s gap', set('throttling_config', `throttling_config || '{"gap": 0}'`)],
  ])('%s: another one voids it', async (_, change) => {
    const template = uuid()
    for (const id of [template, other.template]) {
      await db.pool.query(
        `INSERT INTO "Template" (id, name, template_code, content, updated_at) VALUES ($1::uuid, 't', $1::text, ` +
          `'Olá', now()) ON CONFLICT DO NOTHING`,
        [id],
      )
    }
    await db.pool.query(
      `INSERT INTO "Wallet" (id, name, idgis_ambiente, updated_at) VALUES ($1, 'other', 1, now()) ON CONFLICT DO NOTHING`,
      [other.wallet],
    )
    await db.pool.query(
      `INSERT INTO "Broker" (id, name, adapter, cost_per_message, updated_at) VALUES ($1, 'other', 'SANDBOX', 0.0450, now())
       ON CONFLICT DO NOTHING`,
      [other.broker],
    )
    const content = { template_id: template, template_vars: JSON.stringify({ 1: 'nome' }) }
    const { id, approve, budget, deps, approver } = await waiting({ ...RAMP, ...content }, 3)
    await budget('100.00')
    await approve()
    const { rowCount } = await db.pool.query(change, [id])
    expect(rowCount).toBe(1)
    await expect(runCampaign(deps, id, approver)).rejects.toMatchObject({ code: 'APPROVAL_VOID' })
    expect(await booksOf(db.pool, id)).toMatchObject({ campaign: 'PENDING_APPROVAL', openBatches: 0 })
  })

  it('nothing that does not matter: a name, a batch’s size, the time of its start', async () => {
    const { id, approve, budget, deps, approver } = await waiting(RAMP, 3)
    await budget('100.00')
    await approve()
    await db.pool.query(
      `UPDATE "Campaign" SET name = 'x', batch_size = 7, start_before = 5, updated_at = now() WHERE id = $1`,
      [id],
    )
    // PostgreSQL keeps an order of its own in a jsonb.
    const { rows } = await db.pool.query(
      `SELECT throttling_type AS type, throttling_config AS config FROM "Campaign" WHERE id = $1`,
      [id],
    )
    expect(formatThrottle(rows[0])).toBe('ramp:50/day,x2,max 400')
    await runCampaign(deps, id, approver)
    expect((await booksOf(db.pool, id)).campaign).toBe('PROCESSING')
  })

  it('and holds for a resume too', async () => {
    const { id, approve, budget, deps, approver } = await waiting(RAMP, 3)
    await budget('100.00')
    await approve()
    await runCampaign(deps, id, approver)
    await pauseCampaign(deps, id, approver)
    await db.pool.query(set('hours_from', '1'), [id])
    await expect(resumeCampaign(deps, id, approver)).rejects.toMatchObject({ code: 'APPROVAL_VOID' })
    expect((await booksOf(db.pool, id)).campaign).toBe('PENDING_APPROVAL')
  })
})

describe('used + committed + leads × unit cost ≤ budget', () => {
  it.each([
    ['4.50', true],
    ['4.49', false],
  ])('a hundred of 0.0450 and %s: %s', async (limit, fits) => {
    const { id, approve, budget } = await waiting()
    await budget(limit)
    const end = await approve().then(
      () => undefined,
      error => error,
    )
    expect(end?.exitCode).toBe(fits ? undefined : 6)
    expect((await booksOf(db.pool, id)).campaign).toBe(fits ? 'APPROVED' : 'PENDING_APPROVAL')
  })

  it('counts what is used, and what each of the wallet’s campaigns that may still send has left', async () => {
    const { scene, approve, budget } = await waiting()
    await budget('13.50')
    await db.pool.query(`UPDATE "Budget" SET used_budget = 4.5 WHERE wallet_id = $1`, [scene.walletId])
    const others: Record<string, string> = {}
    for (const status of ['APPROVED', 'PROCESSING', 'PAUSED', 'FAILED', 'PENDING_APPROVAL', 'CANCELLED', 'FINISHED']) {
      others[status] = await makeCampaign(db.pool, scene, { leads: 25, status, columns: { unit_cost: '0.0450' } })
    }
    // Four of them commit 1.1250 each: 4.5 + 4.5 + 4.5 fits, and a centavo more does not.
    await db.pool.query(`UPDATE "Budget" SET budget = 13.49 WHERE wallet_id = $1`, [scene.walletId])
    await expect(approve()).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      message: expect.stringMatching(/used 4\.5000, committed to other campaigns 4\.5000/),
    })
    await db.pool.query(`UPDATE "Budget" SET budget = 13.50 WHERE wallet_id = $1`, [scene.walletId])
    await approve()
  })

  it('is the budget of the month in which it starts', async () => {
    const { approve, budget } = await waiting({ scheduled_at: '2026-12-01T08:00:00-03:00' })
    await budget('100.00', 11)
    await expect(approve()).rejects.toMatchObject({
      code: 'BUDGET_MISSING',
      message: expect.stringContaining('2026-12'),
    })
    await budget('4.50', 12)
    await approve()
  })
})

it('its importer may approve it where the installation has no other user', async () => {
  const { scene, id, deps, budget } = await waiting({}, 1)
  await budget('1.00')
  const own = () => approveCampaign(deps, id, scene.userId, options)
  await expect(own()).rejects.toMatchObject({
    code: 'SELF_APPROVAL',
    hint: expect.stringContaining('camp setting set self-approval allow'),
  })
  await db.pool.query(`UPDATE "User" SET disabled_at = now() - interval '31 days' WHERE id <> $1`, [scene.userId])
  await own()
  expect((await booksOf(db.pool, id)).campaign).toBe('APPROVED')
})

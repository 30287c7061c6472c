import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { campaignView } from '../../../src/campaign/read/view.ts'
import { plannedView } from '../../../src/cli/commands/campaign/import/view.ts'
import type { ImportRequest } from '../../../src/intake/request.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene } from '../../support/fixtures.ts'
import { EITHER, importAs, importRequest } from '../../support/import-request.ts'
import { scratchFolder } from '../../support/scratch.ts'

const db = useDatabase()

const folder = scratchFolder('settings')

/** Every setting at another value than its default. */
const TOLD: Partial<ImportRequest> = {
  message: 'Olá  {{ nome }}',
  throttle: { type: 'linear', config: { messages: 100, minutes: 60 } },
  hours: { from: 540, to: 1080 },
  days: 31,
  allowHolidays: true,
  stateLaws: ['AL', 'RJ'],
  noCap: true,
  purpose: 'collection',
  scheduledAt: new Date('2026-12-01T12:00:00Z'),
  startBefore: 30,
  batchSize: 500,
  staleDays: 0,
}

/** A file of one person, imported and as a dry run: the row, and what either shows. */
async function imported(settings: Partial<ImportRequest>) {
  const scene = await makeScene(db.pool)
  const request = { ...importRequest(scene), adapter: EITHER, file: join(folder, `${scene.walletId}.csv`), ...settings }
  writeFileSync(request.file, `nome,telefone\nAna,1198765${String(Math.random()).slice(2, 6)}\n`)
  const planned = await importAs(db, scene, { ...request, dryRun: true })
  const { id } = await importAs(db, scene, request)
  const { rows } = await db.pool.query(`SELECT * FROM "Campaign" WHERE id = $1`, [id])
  const names = { wallet: 'w', broker: 'b', createdBy: 'u' }
  return { row: rows[0], shown: await campaignView(db.pool, id!), planned: plannedView(request, planned, names) }
}

it('a campaign has what the import was told', async () => {
  const { row, shown, planned } = await imported(TOLD)
  expect(row).toMatchObject({
    base_message: 'Olá  {{nome}}',
    template_id: null,
    template_vars: null,
    throttling_type: 'linear',
    throttling_config: { messages: 100, minutes: 60 },
    hours_from: 540,
    hours_to: 1080,
    days: 31,
    allow_holidays: true,
    state_laws: ['AL', 'RJ'],
    no_cap: true,
    purpose: 'collection',
    scheduled_at: new Date('2026-12-01T12:00:00Z'),
    start_before: 30,
    batch_size: 500,
    stale_days: 0,
    created_at: new Date('2026-11-24T15:00:00Z'),
    updated_at: new Date('2026-11-24T15:00:00Z'),
  })
  for (const view of [shown, planned]) {
    expect(view).toMatchObject({
      message: 'Olá  {{nome}}',
      template: null,
      throttle: 'linear:100/60m',
      hours: '09:00-18:00',
      days: 'mon-fri',
      allow_holidays: true,
      state_laws: [{ state: 'AL' }, { state: 'RJ' }],
      no_cap: true,
      purpose: 'collection',
      scheduled_at: '2026-12-01T12:00:00.000Z',
    })
  }
})

it('a template’s variables are stored by the columns that fill them', async () => {
  const template = { id: randomUUID(), code: randomUUID(), content: 'Olá {{1}}' }
  await db.pool.query(
    `INSERT INTO "Template" (id, name, template_code, content, updated_at) VALUES ($1, 'greeting', $2, $3, now())`,
    [template.id, template.code, template.content],
  )
  const { row, shown, planned } = await imported({ message: null, template, vars: { '1': 'nome' } })
  expect(row).toMatchObject({ base_message: null, template_id: template.id, template_vars: { '1': 'nome' } })
  for (const view of [shown, planned]) expect(view).toMatchObject({ message: null, template: template.code })
})

it('without any, a campaign has the columns’ defaults', async () => {
  const { row, shown, planned } = await imported({})
  const { rows } = await db.pool.query<{ name: string; value: unknown }>(
    `SELECT column_name AS name, column_default AS value FROM information_schema.columns
     WHERE table_name = 'Campaign' AND table_schema = current_schema() AND column_name = ANY($1)`,
    [Object.keys(DEFAULTS)],
  )
  expect(Object.fromEntries(rows.map(({ name, value }) => [name, value]))).toEqual(DEFAULTS)
  expect(row).toMatchObject({
    throttling_type: 'none',
    throttling_config: null,
    hours_from: 480,
    hours_to: 1200,
    days: 63,
    allow_holidays: false,
    state_laws: [],
    no_cap: false,
    purpose: null,
    scheduled_at: null,
    start_before: 60,
    batch_size: null,
    stale_days: 7,
  })
  expect(Object.keys(shown)).toEqual([
    ...['id', 'agendamento_id', 'name', 'status', 'wallet', 'broker', 'rows', 'fish', 'counts', 'errors', 'replies'],
    ...['cost', 'failure_reason', 'failure_code', 'stopped', 'message', 'template', 'throttle', 'hours', 'days'],
    ...['allow_holidays', 'state_laws', 'no_cap', 'purpose', 'scheduled_at', 'source_file', 'created_by'],
    ...['created_at', 'approved_by', 'approved_at', 'started_at', 'finished_at', 'batches', 'waiting_until'],
    ...['waiting_for_hours', 'waiting_for_broker', 'closing'],
  ])
  expect(Object.keys(planned).sort()).toEqual(Object.keys(shown).sort())
})

/** As PostgreSQL writes them. */
const DEFAULTS = {
  throttling_type: "'none'::text",
  throttling_config: null,
  hours_from: '480',
  hours_to: '1200',
  days: '63',
  allow_holidays: 'false',
  no_cap: 'false',
  purpose: null,
  scheduled_at: null,
  start_before: '60',
  batch_size: null,
  stale_days: '7',
}

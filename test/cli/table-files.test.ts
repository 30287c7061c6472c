import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { monthOf } from '../../src/time/local-day.ts'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { makeScene } from '../support/fixtures.ts'
import { adminEnv, succeed } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'
import { readTable } from '../support/xlsx-read.ts'

const db = useDatabase()
let env: NodeJS.ProcessEnv
let folder: string
let campaign: string
let wallet: string

const run = (...argv: string[]) => camp(argv, { env })
const month = monthOf(new Date(), 'America/Sao_Paulo')
const monthText = `${month.year}-${String(month.month).padStart(2, '0')}`

beforeAll(async () => {
  env = await adminEnv(db)
  folder = scratchFolder('files')
  const scene = await makeScene(db.pool, { month })
  wallet = scene.walletId
  const file = join(folder, 'lista.csv')
  await writeFile(
    file,
    'telefone;nome;cpf\n11987654321;=1+1;12345678909\n21987654321;Beto;\nnada;Caio;\n31987654321;Duda;\n',
  )
  const line = ['campaign', 'import', file, '--wallet', wallet, '--broker', scene.brokerId, '--message', 'Oi', '--json']
  const imported = await succeed(run(...line, '--no-fish'))
  campaign = imported.json().agendamento_id
  // One batch: read, sent, and in doubt, at 0.0450 each; with its ledger, as a claim writes it.
  await db.pool.query(
    `WITH lead AS (
       UPDATE "CampaignLead" l SET batch_number = 1, billed = true, sent_at = now(),
              status = (CASE nome WHEN '=1+1' THEN 'READ' WHEN 'Beto' THEN 'SENT' ELSE 'IN_DOUBT' END)::"LeadStatus"
       FROM "Campaign" c WHERE c.id = l.campaign_id AND c.agendamento_id = $1 AND l.status = 'PENDING'
     ), paid AS (
       UPDATE "Budget" SET used_budget = 0.1350 WHERE wallet_id = $2 RETURNING id
     ), batch AS (
       INSERT INTO "Batch" (id, campaign_id, number, from_seq, to_seq, size, zone, status, budget_id, unit_cost, reserved, accepted,
                            claimed_at)
       SELECT gen_random_uuid(), c.id, 1, 0, 1000000000, 3, 'America/Sao_Paulo', 'DONE', paid.id, 0.0450, 0.1350, 2, now()
       FROM "Campaign" c, paid WHERE c.agendamento_id = $1 RETURNING id, budget_id
     )
     INSERT INTO "BudgetEntry" (id, budget_id, kind, amount, messages, batch_id)
     SELECT gen_random_uuid(), budget_id, 'RESERVE', 0.1350, 3, id FROM batch`,
    [campaign, wallet],
  )
})

describe('camp campaign leads', () => {
  it('writes a CSV file for Excel, or to stdout for a program', async () => {
    const file = join(folder, 'leads.csv')
    const written = await succeed(run('campaign', 'leads', campaign, '--csv', file, '--json'))
    expect(written.json()).toEqual({ file, rows: 4 })
    const [head, first] = (await readFile(file, 'utf8')).split('\r\n')
    expect(head).toMatch(/^\ufeffsource_line;phone;nome;cpf_cnpj;/)
    expect(first).toMatch(/^2;'5511987654321;'=1\+1;12345678909;;READ;;;\d\d\/\d\d\/20\d\d /)
    const { out } = await succeed(run('campaign', 'leads', campaign, '--csv', '-', '--plain', '--status', 'ERROR'))
    expect(out).toMatch(/^source_line,phone,.*\n4,nada,Caio,,,ERROR,INVALID_PHONE,[^\n]*\n$/)
  })

  it('writes a workbook that an import reads', async () => {
    const file = join(folder, 'leads.xlsx')
    const { out } = await succeed(run('campaign', 'leads', campaign, '--xlsx', file))
    expect(out).toBe(`4 leads written to ${file}.\n`)
    const rows = await readTable(file)
    expect(rows[1]!.slice(0, 6)).toEqual(['2', '5511987654321', '=1+1', '12345678909', '', 'READ'])
    expect(await run('campaign', 'leads', campaign, '--xlsx', file)).toMatchObject({
      code: 4,
      err: expect.stringContaining('--xlsx, or replace it with --overwrite'),
    })
  })

  it.each([
    [['--csv', 'a', '--xlsx', 'b'], 'different files'],
    [['--plain'], '--plain belongs to --csv'],
    [['--overwrite'], '--overwrite belongs to --csv or --xlsx'],
    [['--csv', '-', '--json'], 'both write to stdout'],
    [['--xlsx', '-'], 'a workbook is not written to stdout'],
  ])('refuses %s', async (options, reason) => {
    expect(await run('campaign', 'leads', campaign, ...options)).toMatchObject({
      code: 2,
      err: expect.stringContaining(reason),
    })
  })
})

describe('camp report', () => {
  it('tells the month by wallet and campaign, and that the books agree', async () => {
    const told = (await succeed(run('report', '--month', monthText, '--wallet', wallet, '--json'))).json()
    const figures = { rows: 4, accepted: 2, delivered: 1, read: 1, in_doubt: 1, billed: 3, spent: '0.1350' }
    expect(told).toMatchObject({
      month: monthText,
      wallets: [{ campaigns: 1, ...figures, limit: '100000.0000' }],
      campaigns: [{ agendamento_id: campaign, ...figures }],
      books_agree: true,
    })
    const { out } = await succeed(run('report', '--wallet', wallet, '--campaigns'))
    expect(out).toMatch(/WALLET +CAMPAIGNS +ROWS +ACCEPTED +DELIVERED +READ +DOUBT +SPENT +LIMIT\n/)
    expect(out).toMatch(/ 1 +4 +2 +50\.0% +100\.0% +1 +0\.1350 +100000\.00\n/)
    expect(out).toContain(`\n${campaign}`)
    expect(out).toContain('\nLedger, used budget and leads agree.\n')
  })

  it('is empty for another month', async () => {
    const { out } = await succeed(run('report', '--month', '2020-01'))
    expect(out).toContain('No wallet has a budget or sent a message in this month.')
  })

  it('writes the amounts as numbers of a workbook', async () => {
    const file = join(folder, 'mes.xlsx')
    await succeed(run('report', '--wallet', wallet, '--xlsx', file))
    const [head, row] = await readTable(file)
    const cells = Object.fromEntries(head!.map((title, i) => [title, row![i]]))
    expect(cells).toMatchObject({ month: monthText, accepted: '2', delivered_share: '50,0%', spent: 'R$ 0,135' })
  })

  it('ends with 6 if the used budget is not the sum of the ledger', async () => {
    await db.pool.query('UPDATE "Budget" SET used_budget = 0.0900 WHERE wallet_id = $1', [wallet])
    const { code, out, err } = await run('report', '--wallet', wallet)
    await db.pool.query('UPDATE "Budget" SET used_budget = 0.1350 WHERE wallet_id = $1', [wallet])
    expect(code).toBe(6)
    expect(out).not.toContain('agree')
    expect(err).toContain('camp budget audit')
  })
})

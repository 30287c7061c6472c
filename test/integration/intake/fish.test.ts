import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { adapterOf } from '../../../src/broker/registry.ts'
import { importCampaign } from '../../../src/intake/import.ts'
import type { ImportRequest } from '../../../src/intake/request.ts'
import { useDatabase } from '../../support/database.ts'
import { makeScene } from '../../support/fixtures.ts'
import { importRequest } from '../../support/import-request.ts'
import { scratchFolder } from '../../support/scratch.ts'
import { emptied } from '../../support/tampering.ts'

const db = useDatabase()
const folder = scratchFolder('fish')

beforeEach(async () => {
  await emptied(db.pool, '"Campaign", "CampaignLead", "Fish"')
})

/** Control phones of these area codes, named A, B, C… */
async function register(...ddds: number[]): Promise<void> {
  for (const [i, ddd] of ddds.entries()) {
    const data = { name: String.fromCharCode(65 + i), phone: `55${ddd}90000009${i}`, created_at: new Date(1_000 + i) }
    await db.prisma.fish.create({ data })
  }
}

let files = 0
/** @returns the good leads in dispatch order, fish by their names, people by the lines they stand on */
async function imported(text: string, overrides: Partial<ImportRequest> = {}) {
  const file = join(folder, `${++files}.csv`)
  writeFileSync(file, text)
  const scene = await makeScene(db.pool)
  const deps = {
    pool: db.pool,
    prisma: db.prisma,
    clock: { now: () => new Date('2026-11-24T15:00:00Z') },
    signal: new AbortController().signal,
  }
  const request = { ...importRequest(scene), adapter: await adapterOf('SANDBOX'), file, ...overrides }
  const { id } = await importCampaign(deps, request)
  const { rows } = await db.pool.query(
    `SELECT nome, source_line, is_fish, custom_message, cpf_cnpj, idcob_contrato, variables FROM "CampaignLead"
     WHERE campaign_id = $1 AND status = 'PENDING' ORDER BY seq`,
    [id],
  )
  return { leads: rows, order: rows.map(row => (row.is_fish ? row.nome : row.source_line)).join(' ') }
}

const people = (count: number, ddd = 11) =>
  `telefone\n${Array.from({ length: count }, (_, i) => `${ddd}${930_000_000 + i}\n`).join('')}`

describe('fish', () => {
  it.each<[fish: number[], leads: number, order: string]>([
    [[11], 1, 'A 2'],
    [[11], 3, 'A 2 3 4'],
    [[11, 11], 1, 'A 2 B'],
    [[11, 11], 4, 'A 2 3 4 5 B'],
    [[11, 11, 11], 1, 'A 2 B C'],
    [[11, 11, 11], 2, 'A 2 B 3 C'],
    [[11, 11, 11], 3, 'A 2 3 B 4 C'],
    [[11, 11, 11], 8, 'A 2 3 4 5 B 6 7 8 9 C'],
    [[11, 11, 11, 11, 11], 8, 'A 2 3 B 4 5 C 6 7 D 8 9 E'],
    [[11, 11, 11, 11], 2, 'A 2 B 3 C D'],
  ])('of %j among %i leads: %s', async (ddds, leads, order) => {
    await register(...ddds)
    expect((await imported(people(leads))).order).toBe(order)
  })

  it('each stands among the people of its own zone; where there are none, by itself', async () => {
    await register(92, 92, 68)
    const text = `${people(2)}${people(3, 92).split('\n').slice(1).join('\n')}`
    expect((await imported(text)).order).toBe('2 3 A 4 5 B 6 C')
  })

  it('have the first good lead’s variables, document and contract, wherever they stand', async () => {
    await register(92, 11, 92)
    const template = { id: '01930000-0000-7000-8000-00000000000b', code: 'aviso', content: 'Olá {{1}}, {{2}}' }
    await db.pool.query(
      `INSERT INTO "Template" (id, name, template_code, content, updated_at) VALUES ($1, 'Aviso', 'aviso', $2, now())
       ON CONFLICT DO NOTHING`,
      [template.id, template.content],
    )
    const text = [
      'telefone;cpf;contrato;valor;data',
      '123;;C0;bad;', // no phone
      '11930000001;;C1;;amanhã', // an empty variable
      '11930000002;529.982.247-25;C2;10,00;hoje',
      '92930000003;;C3;99,00;ontem',
    ].join('\n')
    const vars = { 1: 'valor', 2: 'data' }
    const { leads, order } = await imported(text, { message: null, template, vars })
    // Of São Paulo there is the middle one of the three, of Manaus the others.
    expect(order.split(' ').sort()).toEqual(['4', '5', 'A', 'B', 'C'])
    for (const lead of leads.filter(one => one.is_fish)) {
      expect(lead).toMatchObject({
        cpf_cnpj: '52998224725',
        idcob_contrato: 'C2',
        variables: { valor: '10,00', data: 'hoje' },
      })
    }
  })

  it('say what the first good lead is told where rows bring texts of their own', async () => {
    await register(11, 11)
    const text = 'telefone;mensagem\n123;não\n11930000001;um\n11930000002;dois\n'
    const { leads, order } = await imported(text, { message: null })
    expect(order).toBe('A 3 4 B')
    expect(leads.filter(one => one.is_fish).map(one => one.custom_message)).toEqual(['um', 'um'])
  })
})

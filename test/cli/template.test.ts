import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'

const db = useDatabase()
const folder = scratchFolder('cli-template')
let env: NodeJS.ProcessEnv

const show = (...argv: string[]) => camp(['template', 'show', 'acordo_v1', '--json', ...argv], { env })

async function importing(name: string, rows: string): Promise<string> {
  const file = join(folder, name)
  writeFileSync(file, `telefone;nome;contrato\n${rows}`)
  const to = [
    '--wallet',
    'Carteira Sul',
    '--broker',
    'Sandbox',
    '--template',
    'acordo_v1',
    '--var',
    '1=nome,2=contrato',
  ]
  const imported = await succeed(camp(['campaign', 'import', file, ...to, '--json'], { env }))
  return imported.json().agendamento_id
}

beforeAll(async () => {
  env = await adminEnv(db)
  await succeed(camp(['wallet', 'add', 'Carteira Sul', '--idgis', '7'], { env }))
  await succeed(camp(['broker', 'add', 'Sandbox', '--adapter', 'SANDBOX', '--cost', '0.0450'], { env }))
  const content = 'Olá {{1}}, o contrato {{2}} espera, {{1}}.'
  await succeed(camp(['template', 'add', 'Acordo', '--code', 'acordo_v1', '--content', content], { env }))
})

test('a template is shown as a real lead reads it, once a campaign uses it', async () => {
  expect((await show()).json()).toMatchObject({ template_code: 'acordo_v1', preview: null })
  const first = await importing('a.csv', '11987654321;Zé;C1\n21987654321;Ana;C2\n')
  const last = await importing('b.csv', '31987654321;;C3\n41987654321;Íris;C4\n')
  expect((await show()).json().preview).toEqual({
    campaign: last,
    phone: '5541987654321',
    text: 'Olá Íris, o contrato C4 espera, Íris.',
    missing: null,
  })
  expect((await show('--campaign', first, '--phone', '(21) 98765-4321')).json().preview).toMatchObject({
    campaign: first,
    text: 'Olá Ana, o contrato C2 espera, Ana.',
  })
  expect((await show('--phone', '31987654321')).json().preview).toMatchObject({ text: null, missing: 'nome' })
  expect((await camp(['template', 'show', 'acordo_v1'], { env })).out).toContain(
    'Olá Íris, o contrato C4 espera, Íris.',
  )
  expect(await show('--phone', '51987654321')).toMatchObject({
    code: 3,
    err: expect.stringContaining('LEAD_NOT_FOUND'),
  })
})

test.each(['Ola {{1}, contrato {{2}}.', 'Ola {{{1}}}', 'Ola {{}}', ' ', 'a\u0007'])(
  '%j is no text of a template',
  async content => {
    const added = await camp(['template', 'add', 'Outro', '--code', 'outro', '--content', content], { env })
    expect(added).toMatchObject({ code: 5, err: expect.stringContaining("the template's text") })
    expect((await camp(['template', 'show', 'outro'], { env })).code).toBe(3)
  },
)

test('a template with placeholders of another spelling is kept with a warning, and not used where they name a column', async () => {
  const content = 'Ola {nome} [x] {{1}}'
  const added = await succeed(
    camp(['template', 'add', 'Misto', '--code', 'misto', '--content', content, '--json'], { env }),
  )
  expect(added.json().notes).toHaveLength(2)
  expect(added.err).toContain('{nome}')
  const file = join(folder, 'misto.csv')
  writeFileSync(file, 'telefone;nome;contrato\n11987654321;Ana;C1\n')
  const to = ['--wallet', 'Carteira Sul', '--broker', 'Sandbox', '--template', 'misto', '--var', '1=contrato']
  expect(await camp(['campaign', 'import', file, ...to], { env })).toMatchObject({
    code: 5,
    err: expect.stringContaining('template misto contains {nome}'),
  })
})

test('a template is renamed at any time, and its text is changed only while no campaign uses it', async () => {
  const set = (...argv: string[]) => camp(['template', 'set', ...argv, '--json'], { env })
  const used = await set('acordo_v1', '--content', 'Outro {{1}}')
  expect([used.code, used.error().code]).toEqual([4, 'RECORD_IN_USE'])
  expect((await set('acordo_v1', '--name', 'Acordo antigo')).json()).toMatchObject({ name: 'Acordo antigo' })
  await succeed(camp(['template', 'add', 'Novo', '--code', 'novo', '--content', 'Oi {{1}}'], { env }))
  expect((await set('novo', '--content', 'Oi {{1}}, até {{2}}', '--code', 'novo_v2')).json()).toMatchObject({
    template_code: 'novo_v2',
    variables: ['1', '2'],
  })
  expect((await set('novo_v2', '--code', 'acordo_v1')).error().code).toBe('NAME_TAKEN')
  expect((await set('novo_v2')).error().code).toBe('NOTHING_TO_SET')
})

test('a fish gets another name or phone', async () => {
  await succeed(camp(['fish', 'add', 'Ana', '11987650001'], { env }))
  await succeed(camp(['fish', 'add', 'Bia', '11987650002'], { env }))
  const set = (...argv: string[]) => camp(['fish', 'set', ...argv, '--json'], { env })
  expect((await set('11987650001', '--name', 'Ana Lima')).json()).toMatchObject({ name: 'Ana Lima' })
  expect((await set('Ana Lima', '--phone', '(11) 98765-0003')).json()).toMatchObject({ phone: '5511987650003' })
  expect((await set('Ana Lima', '--phone', '11987650002')).error().code).toBe('NAME_TAKEN')
})

test('a wallet that clashes says in which field', async () => {
  const clash = await camp(['wallet', 'add', 'Outra', '--idgis', '7', '--json'], { env })
  expect(clash.error()).toMatchObject({
    code: 'NAME_TAKEN',
    message: 'the wallet "Carteira Sul" already has the idgis 7',
  })
  const negative = await camp(['budget', 'set', 'Carteira Sul', '2026-12', '--json', '--', '-5'], { env })
  expect(negative.error().message).toBe('"-5" is negative: an amount is at least 0')
})

test('a list without a match names the filter', async () => {
  expect((await camp(['campaign', 'list', '--status', 'FAILED'], { env })).out).toBe('No campaign is FAILED.\n')
})

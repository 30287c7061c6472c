import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { camp, type Step } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'
import { emptied } from '../support/tampering.ts'

const db = useDatabase()
const folder = scratchFolder('import-defaults')
const people = join(folder, 'people.csv')
const texts = join(folder, 'texts.csv')
const odd = join(folder, 'odd.csv')
let env: NodeJS.ProcessEnv

const run = (...argv: string[]) => camp(argv, { env })
const set = (...argv: string[]) => succeed(run(...argv))
const dry = (file: string, ...more: string[]) => run('campaign', 'import', file, '--dry-run', '--json', ...more)

beforeAll(async () => {
  env = await adminEnv(db)
  await set('wallet', 'add', 'Sul', '--idgis', '1')
  await set('broker', 'add', 'Caixa', '--adapter', 'SANDBOX', '--cost', '0.0450')
  await set('broker', 'add', 'Outra', '--adapter', 'SANDBOX', '--cost', '0.0100')
  await set('template', 'add', 'Acordo', '--code', 'acordo_v1', '--content', 'Olá {{nome}}')
  writeFileSync(people, 'nome;telefone\nAna;11987654321\n')
  writeFileSync(texts, 'telefone;mensagem\n11987654321;Oi\n')
  writeFileSync(odd, 'quem;onde\nAna;11987654321\n')
})
beforeEach(async () => {
  await emptied(db.pool, '"Campaign"')
  await db.pool.query(`DELETE FROM "Credential"`)
  await set('wallet', 'set', 'Sul', '--broker', 'none', '--template', 'none')
})

describe('an import that names no broker', () => {
  test('takes the wallet’s only credential, and of two none', async () => {
    await set('credential', 'set', 'Sul', 'Caixa', 'url=http://127.0.0.1:9')
    const one = await succeed(dry(texts, '--wallet', 'Sul'))
    expect(one.json()).toMatchObject({ broker: 'Caixa', broker_from: 'only_credential', text_from: null })
    await set('credential', 'set', 'Sul', 'Outra', 'url=http://127.0.0.1:9')
    const two = await dry(texts, '--wallet', 'Sul')
    expect(two.code).toBe(2)
    expect(two.error().message).toBe('the import needs the broker that sends (Caixa, Outra)')
  })

  test('takes the wallet’s default; an option wins over it', async () => {
    await set('wallet', 'set', 'Sul', '--broker', 'Outra', '--message', 'Oi {{nome}}')
    const plain = await succeed(run('campaign', 'import', people, '--wallet', 'Sul', '--dry-run'))
    expect(plain.out).toMatch(/defaults +broker Outra \(the wallet's default\), message \(the wallet's default\)/)
    expect(plain.out).toMatch(/message +Oi \{\{nome\}\}/)
    const other = await succeed(dry(people, '--wallet', 'Sul', '--broker', 'Caixa', '--template', 'acordo_v1'))
    expect(other.json()).toMatchObject({
      broker: 'Caixa',
      broker_from: 'option',
      text_from: 'option',
      template: 'acordo_v1',
      message: null,
    })
  })

  test('a template as the default gives way to --message', async () => {
    await set('wallet', 'set', 'Sul', '--broker', 'Outra', '--template', 'acordo_v1')
    const own = await succeed(dry(people, '--wallet', 'Sul', '--message', 'Oi'))
    expect(own.json()).toMatchObject({ template: null, message: 'Oi', text_from: 'option' })
    const usual = await succeed(dry(people, '--wallet', 'Sul'))
    expect(usual.json()).toMatchObject({ template: 'acordo_v1', message: null, text_from: 'default' })
  })
})

test('a recurring import keeps the defaults of its definition', async () => {
  await set('wallet', 'set', 'Sul', '--broker', 'Outra', '--message', 'Oi')
  const repeat = ['campaign', 'import', `${folder}/*.csv`, '--wallet', 'Sul', '--repeat', '0 9 * * *', '--json']
  const made = (await set(...repeat)).json()
  await set('wallet', 'set', 'Sul', '--broker', 'Caixa', '--message', 'Tchau')
  const then = (await set('campaign', 'repeat', 'show', made.handle, '--json')).json()
  expect(then).toMatchObject({ broker: 'Outra', settings: { message: 'Oi' } })
  await db.pool.query(`DELETE FROM "Recurrence"`)
})

test('a wallet shows its defaults; a broker or template that is one cannot be removed', async () => {
  const changed = await set('wallet', 'set', 'Sul', '--broker', 'outra', '--template', 'ACORDO_V1', '--json')
  expect(changed.json()).toMatchObject({
    default_broker: 'Outra',
    default_template: 'acordo_v1',
    default_message: null,
  })
  expect((await set('wallet', 'show', 'Sul')).out).toMatch(/default broker +Outra\ndefault text +template acordo_v1/)
  expect((await set('wallet', 'list', '--json')).json()).toMatchObject([{ default_broker: 'Outra' }])
  expect(await run('broker', 'remove', 'Outra', '--yes')).toMatchObject({
    code: 4,
    err:
      'error: broker "Outra" is the default of the wallet "Sul"\n' +
      '  Remove the default first: camp wallet set "Sul" --broker none\n',
  })
  expect((await run('template', 'remove', 'acordo_v1', '--yes')).err).toContain('wallet set "Sul" --template none')
  await set('wallet', 'set', 'Sul', '--message', 'Oi')
  expect((await set('wallet', 'show', 'Sul', '--json')).json()).toMatchObject({
    default_template: null,
    default_message: 'Oi',
  })
  const both = await run('wallet', 'set', 'Sul', '--message', 'Oi', '--template', 'acordo_v1')
  expect(both).toMatchObject({ code: 2, err: expect.stringContaining('exclude each other') })
})

describe('without a terminal', () => {
  test('one error names all that is missing, with the command', async () => {
    const nothing = await run('campaign', 'import', odd)
    expect(nothing).toMatchObject({
      code: 2,
      err: expect.stringContaining(
        'the import needs the wallet that pays (Sul); the broker that sends (Caixa, Outra); a text or a template; ' +
          'the column of the phones (quem, onde)\n' +
          `  Write: camp campaign import ${odd} --wallet Sul --broker BROKER --message "Olá {{nome}}" --map phone=COLUMN\n`,
      ),
    })
    const some = await run('campaign', 'import', odd, '--wallet', 'Sul', '--broker', 'Caixa')
    expect(some.err).toContain('the import needs a text or a template; the column of the phones (quem, onde)')
    const one = await run('campaign', 'import', odd, '--wallet', 'Sul', '--broker', 'Caixa', '--message', 'Oi')
    expect(one).toMatchObject({ code: 5, err: expect.stringContaining('no column with phones was found') })
  })

  test('a misspelt option is named', async () => {
    expect((await run('campaign', 'import', odd, '--walet', 'Sul')).err).toContain(
      'unknown option "--walet": did you mean --wallet?',
    )
  })
})

describe('on a terminal', () => {
  const at = (...keys: Step[]) => camp(['campaign', 'import', odd], { env: { ...env, NO_COLOR: '1' }, keys })
  const imported = async () => (await db.pool.query(`SELECT base_message FROM "Campaign"`)).rows

  test('it asks for what is missing, prints the command line, and imports', async () => {
    const done = await at(
      ['Which broker sends?', '\u001b[B\n'],
      ['Which column has the phones?', '\u001b[B\n'],
      ['Which text is sent?', '\n'],
      ['Text:', 'Oi {{quem}}\n'],
    )
    expect(done.err).toContain('quem  onde\nAna   11987654321\n')
    const line = done.err.slice(done.err.indexOf('The same without questions:')).replaceAll(/ \\\n +/g, ' ')
    expect(line).toContain(
      `camp campaign import ${odd} --wallet Sul --broker Outra --message "Oi {{quem}}" --map phone=onde\n`,
    )
    expect(done.code).toBe(0)
    expect(await imported()).toEqual([{ base_message: 'Oi {{quem}}' }])
  })

  test('Ctrl-C at a question: 130, and nothing is written', async () => {
    const left = await at(['Which broker sends?', '\n'], ['Which column has the phones?', '\u0003'])
    expect(left.code).toBe(130)
    expect(await imported()).toEqual([])
  })
})

test('--message-file is a text in any encoding; not beside --message', async () => {
  const file = join(folder, 'text.txt')
  writeFileSync(file, Buffer.from('Olá {{nome}}\nsegue o acordo\n', 'latin1'))
  const more = ['--wallet', 'Sul', '--broker', 'Caixa', '--message-file', file]
  expect((await succeed(dry(people, ...more))).json()).toMatchObject({ message: 'Olá {{nome}}\nsegue o acordo' })
  expect(await dry(people, ...more, '--message', 'Oi')).toMatchObject({ code: 2 })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeCodePage } from '../../../src/tabular/code-page.ts'
import { useDatabase } from '../../support/database.ts'
import { failure, intakeOn } from '../../support/intake.ts'

const db = useDatabase()
const { folder, run, leadsOf } = intakeOn(db)

const phone = (n: number) => `1198765${String(n).padStart(4, '0')}`
const template = { id: '', code: 'aviso', content: 'Olá {{1}}' }
const WHATSAPP = { oneLineVariables: true, longestSure: 1024 }

/** A file of nome;telefone;contrato;valor;mensagem with these rows, and its import's result. */
async function imported(rows: readonly (readonly string[])[], message: string | null = 'Olá {{nome}}: {{valor}}') {
  const lines = rows.map(([nome, contrato, valor, mensagem = ''], i) =>
    [nome, phone(i), contrato, valor, mensagem].map(cell => `"${(cell ?? '').replaceAll('"', '""')}"`).join(';'),
  )
  const result = await run({
    text: `nome;telefone;contrato;valor;mensagem\n${lines.join('\n')}\n`,
    message,
    dryRun: true,
  })
  return { ...result, shown: result.first.map(({ lead, text }) => lead.refusal?.code ?? text) }
}

describe('what a program has left of a value', () => {
  test('is refused where the text needs it, with the column and the value', async () => {
    const { shown, first } = await imported([
      ['#N/D', 'C-1', '10'],
      ['Ana', 'C-2', '1,2E+05'],
      ['Bia', 'C-3', '10'],
    ])
    expect(shown).toEqual(['BROKEN_VALUE', 'BROKEN_VALUE', 'Olá Bia: 10'])
    expect(first[1]!.lead.refusal).toMatchObject({
      detail: expect.stringMatching(/^column valor contains 1,2E\+05/),
      column: 3,
    })
  })

  test('is refused beside a word, too', async () => {
    const { shown } = await imported([
      ['Ana null', 'C-1', '10'],
      ['Bia', 'C-2', 'Invalid Date'],
      ['Gustavo Null', 'C-3', '10'],
    ])
    expect(shown).toEqual(['BROKEN_VALUE', 'BROKEN_VALUE', 'Olá Gustavo Null: 10'])
  })

  test('is refused in the contract in any case, and elsewhere only where it is used', async () => {
    const { shown, warnings } = await imported(
      [
        ['Ana', '1,20231E+14', '10'],
        ['#N/D', 'C-2', '#VALOR!'],
        ['NULL', '\\N', '-'],
      ],
      'Olá',
    )
    expect(shown).toEqual(['BROKEN_VALUE', 'Olá', 'Olá'])
    expect(warnings).toEqual({ BAD_NAME: 2 })
  })

  test('a name or contract that is none is none', async () => {
    const made = await run({ text: `nome;telefone;contrato\nNULL;${phone(1)};0000-00-00\n`, message: 'Olá' })
    expect(await leadsOf(made.id!)).toMatchObject([{ nome: null, idcob_contrato: null, status: 'PENDING' }])
  })

  test('how programs write that there is none is nothing', async () => {
    const { shown, first } = await imported([
      ['NULL', '', '10'],
      ['Ana', '', '00/00/0000'],
      ['(null)', '', ''],
    ])
    expect(shown).toEqual(['MISSING_VARIABLE', 'MISSING_VARIABLE', 'MISSING_VARIABLE'])
    expect(first[0]!.lead.refusal!.detail).toBe('column nome contains "NULL", which means no value')
  })

  test("in a row's own text it is refused, and a NULL there is no text", async () => {
    const { shown } = await imported([
      ['Ana', '', '1', 'Deve #VALOR!, ok'],
      ['Bia', '', '2', 'NULL'],
      ['Caio', '', '', '####'],
    ])
    expect(shown).toEqual(['BROKEN_VALUE', 'Olá Bia: 2', 'BROKEN_VALUE'])
  })
})

describe('a bare number or truth value', () => {
  test.each(['0', '12345', '46000', 'FALSO', 'VERDADEIRO', 'FALSE', 'TRUE'])('%s is no name', async nome => {
    const { first, shown } = await imported([[nome, '', '0']])
    expect(shown).toEqual(['MISSING_VARIABLE'])
    expect(first[0]!.lead.refusal!.detail).toContain('which is not a name')
    expect(await imported([[nome, '', '0']], 'Deve {{valor}}')).toMatchObject({
      shown: ['Deve 0'],
      warnings: { BAD_NAME: 1 },
    })
  })

  test.each(['0', '46000', 'FALSO', 'TRUE'])('%s is no text of a row', async own => {
    expect((await imported([['Ana', '', '1', own]])).shown).toEqual(['Olá Ana: 1'])
    const { shown, first } = await imported([['Ana', '', '1', own]], null)
    expect(shown).toEqual(['MISSING_VARIABLE'])
    expect(first[0]!.lead.refusal!.detail).toContain(own)
  })
})

describe("a row's own text", () => {
  test('is filled from the row, and refused with the placeholder that cannot be', async () => {
    const { shown, first } = await imported([
      ['Ana', '', '10', 'Oi {{ NOME }}, {{valor}}'],
      ['Bia', '', '', 'Oi {{valor}}'],
      ['Caio', '', '', 'Oi {{apelido}}'],
    ])
    expect(shown).toEqual(['Oi Ana, 10', 'MISSING_VARIABLE', 'BAD_TEXT'])
    expect(first[2]!.lead.refusal).toMatchObject({ detail: expect.stringContaining('{{apelido}}'), column: 4 })
  })

  test.each(['Oi {{nome}', 'Oi {{{nome}}}', 'Oi {nome}', 'Oi [nome]', 'Oi %nome%', 'Oi \u0024{nome}'])(
    '%s is refused',
    async text => {
      expect((await imported([['Ana', '', '10', text]])).shown).toEqual(['BAD_TEXT'])
    },
  )

  test.each([
    ['Olá #ERROR!', 'BROKEN_VALUE'],
    ['Olá Ana\\', 'BAD_ROW'],
    ['Olá \\"Ana\\"', 'BAD_ROW'],
    ['Venceu em 00/01/1900', 'BROKEN_VALUE'],
    ['=CONCATENAR("Olá ";B2)', 'BROKEN_VALUE'],
    ['#### AVISO ####', '#### AVISO ####'],
    ['Veja x.com/?ref=null', 'Veja x.com/?ref=null'],
  ])('%s is looked at for damage', async (text, shown) => {
    expect((await imported([['Ana', '', '10', text]])).shown).toEqual([shown])
  })

  test('with a placeholder that no column fills, HTML or \\n is sent, with a warning that names lines', async () => {
    const { shown, warnings, warningPlaces } = await imported([
      ['Ana', '', '', 'Veja [link]'],
      ['Bia', '', '', 'A &amp; B'],
      ['Caio', '', '', 'Oi\\nvamos'],
    ])
    expect(shown).toEqual(['Veja [link]', 'A &amp; B', 'Oi\nvamos'])
    expect(warnings).toEqual({ LEFTOVER: 1, HTML: 1, LITERAL_ESCAPE: 1 })
    expect(warningPlaces.LEFTOVER).toEqual({ lines: [2], example: '[link]' })
  })

  test('keeps each phone of a row apart with --all-phones', async () => {
    const made = await run({
      text: `nome;tel1;tel2;mensagem\nAna;${phone(1)};${phone(2)};Oi {{nome}} {{phone}}\n`,
      allPhones: true,
      message: null,
    })
    expect((await leadsOf(made.id!)).map(lead => lead.custom_message)).toEqual([
      `Oi Ana 55${phone(1)}`,
      `Oi Ana 55${phone(2)}`,
    ])
  })
})

describe('a value', () => {
  test('that holds a placeholder is never filled, and is refused', async () => {
    expect((await imported([['{{valor}}', '', '10']])).shown).toEqual(['BAD_TEXT'])
  })

  test.each(['{nome}', '[nome]', '%nome%', '\u0024{valor}', '<Nome>'])('%s is refused', async value => {
    expect((await imported([[value, '', '10']])).shown).toEqual(['BAD_TEXT'])
  })

  test('has its white space and invisible characters cleaned, also as it is stored', async () => {
    const made = await run({
      text: `nome;telefone;valor\nAna\u00a0Lima;${phone(1)};\u200b1\u00a0000\n`,
      message: '{{valor}}',
    })
    const leads = await leadsOf(made.id!)
    expect(leads).toMatchObject([{ nome: 'Ana Lima', variables: { valor: '1 000' } }])
  })

  test.each(['a\u0007b', 'x\ue000'])('with %j is refused', async value => {
    expect((await imported([[value, '', '10']])).shown).toEqual(['BAD_TEXT'])
  })
})

describe("the campaign's text", () => {
  const text = `nome;telefone\nAna;${phone(1)}\n`
  test.each(['Ola {nome}', 'Ola [nome]', 'Ola {{{nome}}}', 'Ola \u0007', 'Ola {{nome}', 'x'.repeat(11)])(
    '%j is refused',
    async message => {
      const error = await failure(run({ text, message, adapter: { texts: { longest: 10 } }, dryRun: true }))
      expect(error).toMatchObject({ code: 'MESSAGE_INVALID', hint: expect.stringMatching(/\w/) })
    },
  )

  test('gets its line breaks, and what is remarkable in it is said', async () => {
    const made = await run({ text, message: 'Ola\\n{{nome}} &nbsp; [link]', dryRun: true })
    expect(made.first[0]!.text).toBe('Ola\nAna &nbsp; [link]')
    expect(made.repairs).toHaveLength(1)
    expect(made.notes).toEqual([expect.stringContaining('HTML'), expect.stringContaining('[link]')])
  })

  test('is refused for a row with which it is too long', async () => {
    const rows = `nome;telefone\nAna;${phone(1)}\nMaria Antonieta;${phone(2)}\n`
    const made = await run({ text: rows, message: 'Oi {{nome}}', adapter: { texts: { longest: 10 } }, dryRun: true })
    expect(made.first.map(({ lead }) => lead.refusal?.code)).toEqual([undefined, 'BAD_TEXT'])
  })
})

test("a template's variables are what the channel takes", async () => {
  const rows = ['"Ana\nLima"', '"Bia\tLima"', 'Caio     Lima', 'Davi    Lima'].map((nome, i) => `${nome};${phone(i)}`)
  const of = async (texts: object) => {
    const made = await run({
      text: `nome;telefone\n${rows.join('\n')}\n`,
      message: null,
      template,
      vars: { 1: 'nome' },
      adapter: { texts },
      dryRun: true,
    })
    return made.errors
  }
  expect(await of(WHATSAPP)).toEqual({ BAD_TEXT: 3 })
  expect(await of({})).toEqual({})
})

describe('a UTF-8 file with a broken byte', () => {
  const good = Array.from({ length: 20 }, (_, i) => `José ${i};${phone(i)};São\n`).join('')
  const bytes = (bad: string) => Buffer.concat([Buffer.from(`nome;telefone;rua\n${good}`), Buffer.from(bad, 'latin1')])
  const file = (name: string, content: Buffer) => {
    const path = join(folder, name)
    writeFileSync(path, content)
    return path
  }

  test.each(['', '\ufeff'])('is UTF-8, and the row of the byte is refused (mark: %j)', async mark => {
    const content = Buffer.concat([Buffer.from(mark), bytes(`Andr\xc3;${phone(50)};x\nBia;${phone(51)};Concei\xc3\n`)])
    const made = await run({ file: file('torn.csv', content), message: 'Oi {{nome}}' })
    expect(made).toMatchObject({
      errors: { BAD_ENCODING: 1 },
      warnings: { LOST_CHARACTERS: 1 },
      refusedLines: { BAD_ENCODING: [22] },
    })
    expect(made.notes).toEqual([expect.stringMatching(/2 characters .* line 22/)])
    expect((await leadsOf(made.id!))[0]).toMatchObject({ nome: 'José 0' })
  })

  test('that says it is UTF-8 and is not is refused with the line', async () => {
    const content = Buffer.concat([
      Buffer.from('\ufeff'),
      Buffer.from(`nome;telefone\nJos\xe9;${phone(1)}\nJo\xe3o;${phone(2)}\n`, 'latin1'),
    ])
    const error = await failure(run({ file: file('mark.csv', content), message: 'Oi' }))
    expect(error).toMatchObject({
      code: 'FILE_NOT_TEXT',
      message: expect.stringContaining('line 2, byte'),
      hint: expect.stringContaining('--encoding windows-1252'),
    })
  })

  test('files that were put together: a mark in the middle is none', async () => {
    const content = Buffer.from(`nome;telefone\nJosé;${phone(1)}\n\ufeff"Bia; B";${phone(2)}\n`)
    const made = await run({ file: file('two.csv', content), message: 'Oi {{nome}}', dryRun: true })
    expect(made.first.map(one => one.text)).toEqual(['Oi José', 'Oi Bia; B'])
  })

  test.each(['cp850', 'cp860', 'macintosh', 'windows-1252'] as const)(
    '%s is found out by its accents, and its rejects are written in it',
    async page => {
      const text = `nome;telefone\nJosé Conceição;${phone(1)}\nAntônio João Araújo;${phone(2)}\nÉrica;1\n`
      const made = await run({
        file: file('page.csv', encodeCodePage(text, page)),
        message: 'Oi {{nome}}',
        dryRun: true,
      })
      expect(made.source.encoding).toBe(page)
      expect(made.first.map(one => one.text)).toEqual(['Oi José Conceição', 'Oi Antônio João Araújo', null])
    },
  )
})

test('an import keeps its warnings in the audit', async () => {
  const made = await run({ text: `nome;telefone\nNULL;${phone(1)}\n`, message: 'Oi &amp; tchau' })
  const { rows } = await db.pool.query(
    `SELECT detail FROM "AuditEvent" WHERE action = 'campaign.import' AND subject_id = $1`,
    [made.id],
  )
  expect(rows[0].detail).toMatchObject({ warnings: { BAD_NAME: 1 }, notes: [expect.stringContaining('HTML')] })
})

test('a row whose quoted cell may hold another row is refused, with that row in the detail', async () => {
  const text = 'telefone;nome\n11987650001;"Ana\n11987650002;Bia"\n11987650003;Caio\n'
  const { first, refusedLines, pending } = await run({ text, message: 'Olá {{nome}}', dryRun: true })
  expect(pending).toBe(1)
  expect(refusedLines).toEqual({ BAD_ROW: [2] })
  expect(first[0]!.lead.refusal).toMatchObject({ code: 'BAD_ROW', detail: expect.stringContaining('11987650002;Bia') })
})

test('an apostrophe behind a backslash is read where the file has backslash quotes, and refuses its row elsewhere', async () => {
  const of = async (text: string) => {
    const { first } = await run({ text: `telefone;nome\n${text}`, message: 'Olá {{nome}}', dryRun: true })
    return first.map(({ lead, text: sent }) => lead.refusal?.code ?? sent)
  }
  expect(await of(`11987650001;O\\'Neil\n11987650002;"D\\'Ávila"\n11987650003;Ana\n`)).toEqual([
    'BAD_ROW',
    'BAD_ROW',
    'Olá Ana',
  ])
  expect(await of(`11987650011;O\\'Neil\n11987650012;Zé \\"Bala\\" Silva\n`)).toEqual([
    "Olá O'Neil",
    'Olá Zé "Bala" Silva',
  ])
})

import { describe, expect, test } from 'vitest'
import { mapColumns, namedColumns } from '../../../src/intake/columns.ts'
import {
  bindTemplate,
  compileText,
  type LeadColumns,
  templateVariables,
  variablesIn,
} from '../../../src/message/template.ts'

const columns = namedColumns(
  mapColumns(
    'f.csv',
    ['CELULAR', 'Nome do Devedor', 'CPF', 'Contrato', 'Valor Atualizado', 'mês'],
    { nome: ['Nome do Devedor'] },
    true,
  ),
)
const lead: LeadColumns = {
  phone: '5511987654321',
  nome: 'Zoé',
  cpf_cnpj: null,
  idcob_contrato: 'C-1',
  variables: { 'Valor Atualizado': ' 10,50 ', mês: '', toString: 'x' },
}

describe('a text', () => {
  test('names columns in any case, with or without accents, and keeps their stored names', () => {
    const text = compileText(
      'Olá {{ NOME DO DEVEDOR }}, {{valor atualizado}} de {{Mes}} em {{telefone}} {{contrato}}{{nome}}',
      columns,
    )
    expect(text.text).toBe('Olá {{nome}}, {{Valor Atualizado}} de {{mês}} em {{phone}} {{idcob_contrato}}{{nome}}')
    expect(text.names).toEqual(['nome', 'Valor Atualizado', 'mês', 'phone', 'idcob_contrato'])
  })

  test.each(['contato', 'Número', 'primeiro nome'])('does not guess a column for {{%s}}', name => {
    expect(() => compileText(`Olá {{${name}}}`, columns)).toThrow(`there is no column "${name}"`)
    expect(compileText('{{contato}}', [{ header: 'Contato', name: 'phone' }]).names).toEqual(['phone'])
  })

  test('is rendered for a lead, or says what is missing', () => {
    expect(compileText('Olá {{nome}}: {{Valor Atualizado}}.').render(lead)).toEqual({ text: 'Olá Zoé: 10,50.' })
    expect(compileText('{{nome}} {{cpf_cnpj}}').render(lead)).toEqual({ missing: 'cpf_cnpj' })
    expect(compileText('{{mês}}').render(lead)).toEqual({ missing: 'mês' })
    expect(compileText('sem nada').render(lead)).toEqual({ text: 'sem nada' })
  })

  test('that is not resolved finds its columns anyway', () => {
    expect(compileText('{{VALOR ATUALIZADO}} {{celular}} {{Contrato}}').render(lead)).toEqual({
      text: '10,50 5511987654321 C-1',
    })
    expect(compileText('{{nada}}').render(lead)).toEqual({ missing: 'nada' })
    expect(compileText('{{valueOf}}').render(lead)).toEqual({ missing: 'valueOf' })
  })

  test('does not take what a column holds for a placeholder', () => {
    expect(compileText('Olá {{nome}}').render({ ...lead, nome: '{{cpf_cnpj}} $& $1' })).toEqual({
      text: 'Olá {{cpf_cnpj}} $& $1',
    })
  })

  test.each([
    ['Olá {{apelido}}', 'there is no column "apelido" for {{apelido}}', /The file's columns: CELULAR, Nome do Devedor/],
    ['Olá {{nome}', 'the message has a placeholder that is not closed, or not of two braces: {{nome}', /\{\{nome\}\}/],
    [
      'Olá {{Nome do Dev}}',
      'there is no column "Nome do Dev" for {{Nome do Dev}}',
      /Did you mean \{\{Nome do Devedor\}\}\?/,
    ],
    ['Olá {{ }}', 'a placeholder has no name: {{ }}', /name of a column between its braces/],
  ])('with a wrong placeholder is refused: %s', (text, message, hint) => {
    expect(() => compileText(text, columns)).toThrow(
      expect.objectContaining({ kind: 'DATA', message, hint: expect.stringMatching(hint) }),
    )
  })
})

describe('a template', () => {
  const template = { code: 'acordo', content: 'Olá {{1}}, seu contrato {{2}} vence. {{nome}}' }

  test('takes its variables from columns', () => {
    const vars = bindTemplate(template, { 1: 'nome', 2: 'CONTRATO' }, columns)
    expect(vars).toEqual({ 1: 'nome', 2: 'idcob_contrato', nome: 'nome' })
    expect(templateVariables(vars, lead)).toEqual({ values: { 1: 'Zoé', 2: 'C-1', nome: 'Zoé' } })
    expect(templateVariables(vars, { ...lead, nome: ' ' })).toEqual({ missing: 'nome' })
  })

  test.each([
    ['{{10}} {{2}}, {{1}} {{ 2 }}', ['1', '2', '10']],
    ['{{valor}} {{nome}} {{valor}}', ['valor', 'nome']],
    ['{{2}} {{nome}} {{1}}', ['2', 'nome', '1']],
    ['nothing', []],
  ])('counts its variables as a broker does: %s', (content, names) => {
    expect(variablesIn(content)).toEqual(names)
  })

  test.each([
    [{ 1: 'nome' }, 'template acordo needs a column for {{2}}', /--var 2=COLUMN/],
    [{ 1: 'nome', 2: 'contrato', 3: 'cpf' }, 'template acordo has no variable "3"', /1, 2, nome/],
    [{ 1: 'nome', 2: 'nada' }, 'there is no column "nada" for {{nada}}', /columns/],
  ])('is refused with %j', (vars, message, hint) => {
    expect(() => bindTemplate(template, vars, columns)).toThrow(
      expect.objectContaining({ kind: 'DATA', message, hint: expect.stringMatching(hint) }),
    )
  })
})

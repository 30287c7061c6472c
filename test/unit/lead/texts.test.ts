import { describe, expect, test } from 'vitest'
import { leftoversIn, spelledOtherwiseIn } from '../../../src/message/leftovers.ts'
import { odditiesIn, withLineBreaks } from '../../../src/message/oddities.ts'
import { unclosedIn } from '../../../src/message/template.ts'
import { isDoubtfullyLong, textProblem, valueProblem } from '../../../src/message/text-rules.ts'

const columns = [
  { header: 'nome', name: 'nome' },
  { header: 'Valor Atualizado', name: 'Valor Atualizado' },
  { header: 'TEL', name: 'phone' },
]

describe('placeholders of another spelling', () => {
  test.each([
    ...[
      '{nome}',
      '\u0024{nome}',
      '[nome]',
      '[[NOME]]',
      '<nome>',
      '<<nome>>',
      '%nome%',
      '%%nome%%',
      '#nome#',
      '«nome»',
      '@nome@',
    ],
    ...['%7B%7Bnome%7D%7D', '{ Nome }', '{%nome%}', '[Valor_Atualizado]', '$nome'],
  ])('%s names a column', written => {
    expect(leftoversIn(`Ola ${written}, tudo bem?`, columns)).toEqual([{ written, column: expect.any(String) }])
  })

  test.each(['{vencimento}', '[link]', '[CPF]', '{0}', '<Link>'])('%s looks like one', written => {
    expect(leftoversIn(`Ola ${written}!`, columns)).toEqual([{ written, column: undefined }])
  })

  test.each([
    'a < b',
    '50% de desconto',
    '10% nome',
    '#promo #hoje',
    'R$ 5,00',
    'me@nome.com',
    '{ok}',
    '[sic]',
    '5% e 10% hoje',
    '<3',
    'Pague com #nome #valor hoje',
    'Pague com #link #boleto',
    'Até 90 % desconto hoje',
    'Até 90 % nome',
    '💰$ Desconto, 💰$ nome',
    '10% 20% 30%',
    '10%nome 20%',
    'nome@nome@x.com',
  ])('%s is none', text => {
    expect(leftoversIn(text, columns)).toEqual([])
  })
})

test.each([
  ['{x}', ['{x}']],
  ['[apelido] e %y%', ['[apelido]', '%y%']],
  ['\u0024{x} <z>', ['\u0024{x}', '<z>']],
  ['Olá, 10% de R$ 5 <br> a < b [ ]', []],
])('%s is another spelling of placeholders', (text, written) => {
  expect(spelledOtherwiseIn(text)).toEqual(written)
})

test.each([
  ['Ola {{1}, contrato {{2}}.', '{{1}'],
  ['Ola {{{nome}}}', '{{{nome}}}'],
  ['Ola nome}}', 'nome}}'],
  ['Ola {{ }}', '{{ }}'],
  ['Ola {{1', '{{1'],
  ['Ola {{ nome }}, {ok}', undefined],
])('%s holds a placeholder that is not whole: %s', (text, written) => {
  expect(unclosedIn(text)).toBe(written)
})

describe('oddities', () => {
  test.each([
    ['JosÃ© ConceiÃ§Ã£o', 'ODD_CHARACTERS'],
    ['Jos‚ Concei‡Æo', 'ODD_CHARACTERS'],
    ['Jos├®', 'ODD_CHARACTERS'],
    ['Dâ€™Ãvila', 'ODD_CHARACTERS'],
    ['Jo?o', 'ODD_CHARACTERS'],
    ['JO?O DA SILVA', 'ODD_CHARACTERS'],
    ['CONCEI??O', 'ODD_CHARACTERS'],
    ['ANT?NIO', 'ODD_CHARACTERS'],
    ['JOS?', 'ODD_CHARACTERS'],
    ['VOC? TEM UM D?BITO', 'ODD_CHARACTERS'],
    ['Ol? Ana', 'ODD_CHARACTERS'],
    ['ANTÃ”NIO', 'ODD_CHARACTERS'],
    ['Silva &amp; Filhos', 'HTML'],
    ['a<br>b', 'HTML'],
    ['a\\nb', 'LITERAL_ESCAPE'],
  ])('%s', (text, oddity) => {
    expect(odditiesIn(text)).toMatchObject([{ oddity, example: expect.any(String) }])
  })

  test.each([
    'José Conceição',
    'JOÃO “Zé”',
    'D’Ávila – ok… 5 € ½ ¿',
    'Sério? Então vem',
    'Q&A; ok',
    'AMANHÃ, ÀS 5',
    'http://x.y/?a=1&b=2',
    'C\\foo',
    '😀',
    'IRMÃ 2',
    '“ATÉ AMANHÃ” só hoje',
    'É AMANHÃ… corra',
    'SÓ AMANHÃ—',
    'É AMANHÃ—corra',
    '«AMANHÃ»',
    'Você quer?sim',
    'QUER?SIM',
    'TUDO BEM? PAGUE',
    'x.com/OL?A=B',
  ])('none in %s', text => {
    expect(odditiesIn(text)).toEqual([])
  })
})

test('a \\n of two characters is a line break, also before a word; a \\t only where no word follows', () => {
  expect(withLineBreaks('Ola\\nTudo\\r\\nbem\\t?')).toBe('Ola\nTudo\nbem ?')
  expect(withLineBreaks('C:\\temp')).toBe('C:\\temp')
})

describe("a channel's rules", () => {
  test('of lengths count characters as people do', () => {
    expect(textProblem('😀'.repeat(5), { longest: 5 })).toBeUndefined()
    expect(textProblem('😀'.repeat(6), { longest: 5 })).toBe("has 6 characters, and the channel's maximum is 5")
    expect(isDoubtfullyLong('😀'.repeat(5), { longestSure: 5 })).toBe(false)
    expect(isDoubtfullyLong('😀'.repeat(6), { longestSure: 5 })).toBe(true)
    expect(textProblem(' \n', {})).toBe('is empty')
  })

  test.each([
    ['a\nb', /line break/],
    ['a\tb', /tab/],
    ['a     b', /five spaces/],
  ])("of a template's variable refuse %j, and of a text do not", (value, problem) => {
    const rules = { oneLineVariables: true }
    expect(valueProblem(value, rules, true)).toMatch(problem)
    expect(valueProblem(value, rules, false)).toBeUndefined()
    expect(valueProblem(value, {}, true)).toBeUndefined()
  })

  test('take four spaces in a row', () => {
    expect(valueProblem('a    b', { oneLineVariables: true }, true)).toBeUndefined()
  })
})

test('a long word costs no more than its length: the square of this one would take minutes', () => {
  const word = `€${'a'.repeat(500_000)}`
  expect(odditiesIn(`${word}? Não`)).toEqual([])
  expect(odditiesIn(`${word} Jo?o`)).toEqual([{ oddity: 'ODD_CHARACTERS', example: 'aaaaaaaaaa Jo?o' }])
  expect(odditiesIn(`€ https://x.br/${'a'.repeat(150)}?b Ana`)).toEqual([])
})

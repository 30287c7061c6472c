import { describe, expect, test } from 'vitest'
import { cleanText, forbiddenCharacter } from '../../../src/message/characters.ts'
import { damageIn, damageOf } from '../../../src/message/damage.ts'
import { isBareValue, isNoValue, isPlainWords } from '../../../src/message/no-value.ts'
import { cleanValue } from '../../../src/message/value.ts'

describe('what a program has left of a value', () => {
  test.each([
    ...[
      '#N/D',
      '#N/A',
      '#VALOR!',
      '#VALUE!',
      '#¡VALOR!',
      '#REF!',
      '#NOME?',
      '#NAME?',
      '#¿NOMBRE?',
      '#DIV/0!',
      '#¡DIV/0!',
    ],
    ...['#NÚM!', '#NUM!', '#N?M!', '#NULO!', '#NULL!', '#####', '-####', '#SPILL!', '#DESPEJAR!', '#CALC!', '#CÁLC!'],
    ...[
      '#GETTING_DATA',
      '#OBTENDO_DADOS',
      '#WERT!',
      '#ERROR!',
      'Err:502',
      'Erro:502',
      '[object Object]',
      'Invalid Date',
      '#VALOR',
    ],
    ...['1,20231E+14', '1.2E+14', '1,2 E +14', '1.2e14', '1E+14', '-1,2E-05', 'R$ 1,2E+05', 'Loading...'],
    ...['# N/D', '#ND', '#NA', 'Error 2042', 'Erro 2042', '1.#QNAN'],
    ...['-1.#IND', '=PROCV(A2;B:C;2;0)', '=B2', '=CONCATENAR("Olá ";B2)', '=Plan1!A1', '=+$A$1', 'System.Byte[]'],
    ...['#VALEUR!', '#BEZUG!', '1E+11', '1,23E+11', '1E-05'],
  ])('%s is damage', value => {
    expect(damageOf(value)).toContain(value)
  })

  test.each(['R$ #ERROR!', 'R$ #CAMPO!', 'nº#N/D', 'CT1,2E+14', 'R$ #N/D', 'CT1E+11'])('%s holds damage', value => {
    expect(damageOf(value)).toMatch(/^(?:#|1)/)
  })

  test.each([
    '#promo',
    '12E4',
    '1E2',
    '#1',
    '# 12',
    '#Natal!',
    'Apto #12',
    'C#',
    '10 e 2',
    'Rua 5 E 5',
    '#BlackFriday',
    '10:30',
    ...['2023E-01', '12E-3', 'Quadra 5E-12 lote 3', 'Apto 2E-101', '3E-10 Comercio', '#LOJA!', 'null@x.com', '#Natal?'],
    ...['https://x.com/a?ref=null', '#### AVISO ####', '=)', '=== AVISO ===', 'Erro 404', 'Ferreira', 'x@null.com'],
    ...['5E-12', 'C:\\x', 'Sistema. Ok'],
  ])('%s is none', value => {
    expect(damageOf(value)).toBeUndefined()
  })

  test.each([
    ['Ola #N/D, contrato', '#N/D'],
    ['valor #VALOR!.', '#VALOR!'],
    ['contrato 1,20231E+14: x', '1,20231E+14'],
    ['valor ##### hoje', '#####'],
    ['Ola NULL, tudo bem?', 'NULL'],
    ['Ola undefined', 'undefined'],
    ['vence em 00/00/0000.', '00/00/0000'],
    ['Venceu em 00/01/1900', '00/01/1900'],
    ['desde Jan  1 1900 12:00AM', 'Jan  1 1900'],
    ['até 31/12/9999!', '31/12/9999'],
    ['em 1/0/1900.', '1/0/1900'],
    ['Olá #ERROR!', '#ERROR!'],
    ['Olá #CAMPO! e', '#CAMPO!'],
    ['contrato CT1,2E+14', '1,2E+14'],
    ['Ola null.', 'null'],
  ])('is found within %s', (text, damage) => {
    expect(damageIn(text)).toBe(damage)
  })

  test.each([
    '#promo!',
    'use #NOME',
    'Bloco 1E2',
    'tel. 11 98765-4321',
    'A1E+2x',
    'Null Souza',
    'a.null/b',
    'veja x.com/?ref=null',
    '#### AVISO ####',
    '####\nAVISO\n####',
    'vem #conectar!',
  ])('is not found within %s', text => {
    expect(damageIn(text)).toBeUndefined()
  })
})

describe('how a program writes that there is no value', () => {
  test.each([
    ...[
      'NULL',
      'null',
      'Null',
      '(null)',
      '<null>',
      '[NULL]',
      '\\N',
      'None',
      'NaN',
      'nan',
      'undefined',
      'N/A',
      'n/d',
      'NaT',
      'NA',
    ],
    ...[
      '-',
      '--',
      '—',
      '.',
      '  /  /    ',
      '0000-00-00',
      '0000-00-00 00:00:00',
      '00/00/0000',
      '30/12/1899',
      '01/01/1900',
    ],
    ...['00/01/1900', '31/12/1899 00:00', '1899-12-30T00:00:00', '1900-01-00', '0001-01-01T00:00:00', '00000000'],
    ...['NULL/NULL', 'NULL-NULL', 'NULL,00', 'NaN/NaN/NaN', 'System.DBNull', '(vazio)', '(em branco)', '(blank)'],
    ...[
      'sem nome',
      'Sem Nome',
      '\u3164',
      '\u2800\u2800',
      'NULL NULL 0',
      'R$ NULL',
      'Não informado',
      '[empty]',
      '(null)',
    ],
    ...['Jan  1 1900 12:00AM', '1/0/1900', '00/jan/1900', 'jan/00', '01-01-1900', '01.01.1900', '0/0/0000'],
    ...['1753-01-01', '31/12/9999', '31/12/1969 21:00', '9999-12-31 23:59:59', '00/01/1900 09:00', '0-jan-00'],
    ...['01/01/1904', 'sábado, 0 de janeiro de 1900', 'Dec 30 1899 12:00AM', '01-JAN-1753', '12/31/1969 9:00 PM'],
    ...['00/01/00', '2026-00-00', 'Jan  1 1753 12:00:00:000AM', '1900-01-01 00:00:00.000'],
  ])('%s', value => {
    expect(isNoValue(cleanValue(value))).toBe(true)
  })

  test.each([
    'Nil',
    'Nan',
    'Nulo',
    '0',
    'S',
    '10/12/2026',
    '01/01/1970',
    'Ana',
    '😀',
    'Null Souza',
    '12/12/1900',
    ...['Blank', 'Vazio', 'null@x.com', 'Ana Nan', 'Nenhum'],
    ...['31/12/1969', '01/01/2000', 'jan/26', '10/00', '1.0.0', '10.00.00', '00-01-2345', '31/12/2026 00:00'],
  ])('not %s', value => {
    expect(isNoValue(cleanValue(value))).toBe(false)
  })
})

test.each([
  '0',
  '12345',
  '46000',
  'FALSO',
  'VERDADEIRO',
  'FALSE',
  'true',
  '24/11/2026',
  'R$ 0,00',
  '1,5',
  '(11) 98765-4321',
])('%s is no name and no text', value => {
  expect(isBareValue(value)).toBe(true)
})

test.each(['Ana', '3E Comércio', 'Ana 2', '123 milhas', 'Falsoni', '1º', '👍 10', '99 é tudo'])(
  '%s may be a name',
  value => {
    expect(isBareValue(value)).toBe(false)
  },
)

test.each(['Ana', 'Maria da Conceição', 'JOÃO PEREIRA', 'Gustavo Null', 'Ítalo', 'São Luís', 'Cia Nacional'])(
  '%s is plain words, and nothing is wrong with it',
  value => {
    expect(isPlainWords(value)).toBe(true)
    expect([isNoValue(value), isBareValue(value), damageOf(value)]).toEqual([false, false, undefined])
  },
)

test('no value that a rule is about is plain words', () => {
  const ruled = [
    ...[
      'null',
      'NULL',
      'undefined',
      'None',
      'nan',
      'NaN',
      'NaT',
      'NA',
      'dbnull',
      'em branco',
      'sem nome',
      'sem informação',
    ],
    ...['não informado', 'NAO CONSTA', 'verdadeiro', 'FALSO', 'true', 'False', 'Invalid Date', 'Ana null', 'Ana NULL'],
    ...[
      'Ana undefined',
      'Ana NaN Souza',
      'null null',
      'Ana\n',
      'Ana ',
      ' Ana',
      'Ana  Souza',
      '',
      'JosÃ©',
      'Ana?',
      'A\ufffd',
    ],
  ]
  expect(ruled.filter(isPlainWords)).toEqual([])
})

test('a NULL beside a word is damage, unless all is in capitals', () => {
  expect(damageOf('Ana null')).toContain('null')
  expect(damageOf('Ana NULL')).toContain('NULL')
  expect(damageOf('ANA NULL')).toBeUndefined()
  expect(damageOf('Gustavo Null')).toBeUndefined()
  expect(['NULL NULL', 'nan nan', 'None None', 'R$', 'R$ -'].filter(value => !isNoValue(value))).toEqual([])
})

test.each([
  ['="00123"', '00123'],
  ["'00123", '00123'],
  ["'Ana'", 'Ana'],
  ["D'Avila", "D'Avila"],
  ['\u00a0Ana\u00a0Lima\u200b ', 'Ana Lima'],
  ['Jose\u0301', 'José'],
  ['a\r\nb\u2028c', 'a\nb\nc'],
  ['\u202eAna\u202c', 'Ana'],
  ['👨‍👩‍👧 a\u200db', '👨‍👩‍👧 ab'],
])('%j is the value %j', (cell, value) => {
  expect(cleanValue(cell)).toBe(value)
})

test.each([
  ['a\u0007', 'U+0007, a control character'],
  ['\u0090', 'U+0090, a control character'],
  ['\ud800', 'U+D800, half a character'],
  ['\ue001', 'U+E001, a character of private use'],
  ['\uffff', 'U+FFFF, no character'],
])('%j cannot be carried', (text, what) => {
  expect(forbiddenCharacter(cleanText(text))).toBe(what)
})

test('a text of emoji, tabs and line breaks can be carried', () => {
  expect(forbiddenCharacter('José 😀\n\tfim “ok” – €')).toBeUndefined()
})

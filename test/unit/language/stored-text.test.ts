import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { storedText, storedTexts } from '../../../src/language/stored/stored-text.ts'
import { keyOf, speaking } from '../../../src/language/text.ts'

describe('a reason that camp stored', () => {
  it.each([
    ['line 3 has the same phone', 'a linha 3 tem o mesmo telefone'],
    ['"123": it has no digits', '"123": não tem dígitos'],
    ['column nome is empty', 'a coluna nome está vazia'],
    ['column valor contains a placeholder: {{x}}', 'a coluna valor contém um marcador: {{x}}'],
    ['its message has 40000 characters, and a cell of Excel has at most 32767', 'sua mensagem tem 40000 caracteres'],
    [
      '"1,2E+12": Excel has written it in scientific notation, and the digits are lost',
      '"1,2E+12": o Excel o gravou em notação científica, e os dígitos se perderam',
    ],
    ['column valor contains #####, which Excel writes if a column is too narrow', 'a coluna valor contém #####, que o'],
    ['its text contains U+0007, a control character', 'seu texto contém U+0007, um caractere de controle'],
    ['its message contains [nome]; a placeholder is written {{nome}}', 'contém [nome]; um marcador é escrito {{nome}}'],
    ['"": it is empty', '"": está vazio'],
    [
      'tel "x": it has no digits; cel "1;b": 1 digits are too few: an area code and 8 or 9 digits are needed',
      'tel "x": não tem dígitos; cel "1;b": 1 dígitos são poucos',
    ],
    ['"1" with area code "2": 1 digits are too many', '"1" com DDD "2": 1 dígitos são demais'],
    ['tel "12;3": it has no digits', 'tel "12;3": não tem dígitos'],
    ['"1234" with area code "": it has no digits', '"1234" com DDD "": não tem dígitos'],
    [
      'tel 1 "3222-1111 (11)": an area code stands before its number, and an extension behind a word; cel "1; b": it has no digits',
      'tel 1 "3222-1111 (11)": o DDD vem antes do número, e o ramal depois de uma palavra; cel "1; b": não tem dígitos',
    ],
    [
      'tel "1132221": a landline has eight digits and begins with 2 to 5; a mobile has nine; cel "": it is empty',
      'tel "1132221": um fixo tem oito dígitos e começa com 2 a 5; um celular tem nove; cel "": está vazio',
    ],
    [
      '"abc": it has no digits; as a document, it is neither a CPF nor a CNPJ',
      '"abc": não tem dígitos; como documento, não é CPF nem CNPJ',
    ],
    ['132015: the template is paused because of low quality', '132015: o template está pausado por baixa qualidade'],
    [
      '30 of the last 40 messages were refused with 63016: free text outside the 24-hour window. Cure: send a template: --template CODE',
      '30 das últimas 40 mensagens foram recusadas com 63016: texto livre fora da janela de 24 horas. O que fazer: envie um',
    ],
    ['the sandbox was told not to deliver it', 'o sandbox foi instruído a não entregá-la'],
    ['the phone', 'the phone'],
    ['4: x is odd. Cure: ask them', '4: x is odd. O que fazer: ask them'],
    ['no answer from broker.example within 30000 ms', 'sem resposta de broker.example em 30000 ms'],
    ['the connection was lost, no answer from h (ECONNRESET)', 'a conexão caiu, sem resposta de h (ECONNRESET)'],
    ['HTTP 200 with an unreadable answer', 'HTTP 200 com uma resposta ilegível'],
    ['HTTP 200 with an unreadable answer: <html>', 'HTTP 200 com uma resposta ilegível: <html>'],
    [
      'the file: it is UTF-8, but for 3 characters that are broken: the first is on line 2, byte 9',
      'o arquivo: é UTF-8, menos 3 caracteres inválido(s)',
    ],
    [
      "the template's text contains [x], which is sent unchanged: a variable is {{1}}",
      'o texto do template contém [x], que é enviado como está: uma variável é {{1}}',
    ],
    ['missed by more than 60 minutes; the folder in does not exist on this machine', 'a pasta in não existe nesta'],
    [
      'the credential of "A" at "B" is invalid for X: missing key "k". Run: camp credential set "A" "B" key=value (X takes: k)',
      'a credencial de "A" em "B" não serve para X: falta a chave "k". Execute: camp credential set "A" "B" chave=valor',
    ],
    [
      'audit event 12 (user.login of User u1) was changed after it was written: compare with an earlier backup',
      'evento de auditoria 12 (user.login de User u1): alterado depois de gravado',
    ],
    [
      'AuditEvent: rows 3, 4 of checkpoint 2, deleted since: compare with an earlier backup',
      'AuditEvent: as linhas 3, 4 do ponto de verificação 2, excluídas depois: compare com um backup anterior',
    ],
    ['no adapter is known for the provider x: --broker x=BROKER', 'nenhum adaptador é conhecido para o fornecedor x'],
    ['tel "1": it is odd; cel "2": it has no digits', 'tel "1": it is odd; cel "2": it has no digits'],
    ['the client asked to stop', 'the client asked to stop'],
    ['HTTP 500: line 3 has the same phone', 'HTTP 500: line 3 has the same phone'],
  ])('is said in the language of the run: %s', async (stored, said) => {
    expect(await speaking('pt-BR', async () => storedText(stored))).toContain(said)
    expect(storedText(stored)).toBe(stored)
  })

  it('is one that the code still writes', () => {
    const written = literalsOf('src')
    expect(storedTexts().length).toBeGreaterThan(40)
    expect(storedTexts().filter(text => !written.has(text))).toEqual([])
  })
})

/** The literals of the rooms that store texts, with {0}, {1} and so on for their values. */
function literalsOf(folder: string): Set<string> {
  const found = new Set<string>()
  const add = (pieces: readonly string[]) => {
    found.add(keyOf(pieces))
  }
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) add([node.text])
    if (ts.isTemplateExpression(node)) add([node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)])
    ts.forEachChild(node, visit)
  }
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts') || /^(?:cli|language|database)\b/.test(path)) continue
    visit(ts.createSourceFile(path, readFileSync(join(folder, path), 'utf8'), ts.ScriptTarget.Latest, true))
  }
  return found
}

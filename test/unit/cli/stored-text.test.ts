import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { storedText, storedTexts } from '../../../src/cli/stored-text.ts'
import { keyOf, speaking } from '../../../src/language/text.ts'

describe('a reason that camp stored', () => {
  it.each([
    ['line 3 has the same phone', 'a linha 3 tem o mesmo telefone'],
    ['"123": it has no digits', '"123": não tem dígitos'],
    ['column nome is empty', 'a coluna nome está vazia'],
    ['column valor contains a placeholder: {{x}}', 'a coluna valor contém um marcador: {{x}}'],
    ['its message has 40000 characters, and a cell of Excel has at most 32767', 'sua mensagem tem 40000 caracteres'],
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

import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/cli/context.ts'
import { ask, askPassword, askYes, choose } from '../../../src/cli/prompt.ts'
import type { Language } from '../../../src/language/language.ts'
import { speaking } from '../../../src/language/text.ts'

describe('a question', () => {
  it.each([
    ['en', 's\n\u0015n\n', 'declined', 'You must answer with "Yes" or "No"'],
    ['en', 'y\n', 'done', '(y/N)'],
    ['pt-BR', 's\n', 'done', '(s/N)'],
    ['pt-BR', 'SIM\n', 'done', '(s/N)'],
    ['pt-BR', 'y\n', 'done', '(s/N)'],
    ['pt-BR', '\n', 'declined', '(s/N)'],
    ['pt-BR', 'x\n\u0015não\n', 'declined', 'Responda "Sim" ou "Não"'],
  ] as const)('in %s that is answered %j is %s', async (language, typed, outcome, shown) => {
    const asked = await atTerminal(language, typed, context =>
      askYes(context, 'Go on?').then(
        () => 'done',
        (error: Error & { code?: string }) => (error.code === 'DECLINED' ? 'declined' : error.message),
      ),
    )
    expect(asked.answer).toBe(outcome)
    expect(asked.shown).toContain(shown)
  })

  it('for a text refuses an empty one', async () => {
    const asked = await atTerminal('pt-BR', '\nSul\n', context => ask(context, 'Carteira', 'a name'))
    expect(asked.answer).toBe('Sul')
    expect(asked.shown).toContain('Digite um valor')
  })

  it('for a password or a choice names the keys', async () => {
    const password = await atTerminal('pt-BR', 'segredo\n', context => askPassword(context, 'Senha', false))
    expect([password.answer, password.shown]).toEqual([
      'segredo',
      expect.stringMatching(/entrada oculta[\s\S]*mostrar ou/),
    ])
    const choices = [{ name: 'Sul', value: 'S' }]
    const choice = await atTerminal('pt-BR', '\n', context => choose(context, 'Carteira', choices))
    expect([choice.answer, choice.shown]).toEqual(['S', expect.stringMatching(/mover.*escolher/)])
  })
})

/** Asks at a terminal, and types each line once the question is shown again after the one before. */
async function atTerminal(language: Language, typed: string, question: (context: Context) => Promise<string>) {
  const [stdin, stderr] = [Object.assign(new PassThrough(), { isTTY: true }), new PassThrough()]
  // inquirer ends its output; a process's own cannot be ended.
  Object.assign(stderr, { end: () => stderr })
  const lines = typed.match(/.*\n/g) ?? []
  let [shown, said] = ['', '']
  stderr.on('data', chunk => {
    shown += chunk
    said += chunk
    const line = lines[0]
    if (line === undefined || !/Go on\?|Carteira|Senha/.test(said)) return
    lines.shift()
    said = ''
    // The question is written before its listener is there.
    setImmediate(() => stdin.write(line))
  })
  const host = { streams: { stdin, stdout: new PassThrough(), stderr } }
  const context = {
    host,
    signal: new AbortController().signal,
    options: {},
    reaffirm: async () => undefined,
  } as unknown as Context
  const answer = await speaking(language, () => question(context))
  return { answer, shown }
}

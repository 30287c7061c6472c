import { describe, expect, it } from 'vitest'
import { camp } from '../../support/camp.ts'
import { scratchFolder } from '../../support/scratch.ts'

const home = scratchFolder('language')
const run = (argv: string[], env: NodeJS.ProcessEnv = {}) => camp(argv, { env: { CAMP_HOME: home, ...env } })

describe('an error', () => {
  it('is in the language of the locale or of CAMP_LANG, and ends with the same code', async () => {
    const [english, portuguese] = [
      await run(['wallet', 'list']),
      await run(['wallet', 'list'], { LANG: 'pt_BR.UTF-8' }),
    ]
    expect(english.err).toMatch(/^error: there is no database: DATABASE_URL is not set/)
    expect(portuguese.err).toMatch(/^erro: não há banco: DATABASE_URL não está definida.*\n {2}Defina DATABASE_URL/)
    expect(portuguese.code).toBe(english.code)
    expect((await run(['wallet', 'list'], { CAMP_LANG: 'en', LANG: 'pt_BR.UTF-8' })).err).toBe(english.err)
  })

  it('is English with --json', async () => {
    const asked = await run(['wallet', 'list', '--json'], { CAMP_LANG: 'pt-BR' })
    expect(asked.error().message).toMatch(/^there is no database/)
  })

  it('of the file of settings is, too', async () => {
    const { err } = await run(['wallet', 'list', '--env-file', '/nowhere/camp.env'], { CAMP_LANG: 'pt-BR' })
    expect(err).toMatch(/as configurações em .* não podem ser lidas/)
  })

  it('names a language that camp does not speak', async () => {
    const { code, err } = await run(['wallet', 'list'], { CAMP_LANG: 'fr' })
    expect([code, err.split('\n')[0]]).toEqual([2, 'error: CAMP_LANG is "fr": it must be en or pt-BR'])
  })
})

const portuguese = { CAMP_LANG: 'pt-BR' }

describe('in Portuguese', () => {
  it.each([
    ['campain', 'comando desconhecido "campain": você quis dizer campaign?'],
    ['wallet list --nope', 'opção desconhecida "--nope"'],
    ['wallet add', "falta o argumento obrigatório 'name'"],
    ['wallet list a b', "argumentos demais para 'list'. Esperados 0 argumentos, recebidos 2."],
    ['broker add X --adapter', "falta o valor da opção '--adapter <adapter>'"],
    ['broker add X', "faltam as opções obrigatórias '--adapter <adapter>' e '--cost <amount>'"],
    [
      'user add a@b.c --role BOSS',
      "o valor 'BOSS' da opção '--role <role>' é inválido. Deve ser ADMIN, USER ou AUDITOR.",
    ],
  ])('camp %s is refused', async (line, message) => {
    const { code, err } = await run(line.split(' '), portuguese)
    expect([code, err.split('\n')[0]]).toEqual([2, `erro: ${message}`])
  })

  it('a refused command line is English with --json', async () => {
    expect((await run(['campain', '--json'], portuguese)).error().message).toMatch(/^unknown command "campain"/)
  })

  it('the help has no English heading', async () => {
    const { out } = await run(['--help'], portuguese)
    expect(out).toMatch(/^Uso: camp \[opções\] \[comando\]\n/)
    expect(out.match(/^\S.*:$/gm)).toEqual([
      ...['Opções:', 'Campanhas:', 'Pagadores e fornecedores:', 'Usuários e registros:', 'Processos:'],
      ...['Esta máquina:', 'Para experimentar o camp:', 'Comandos:'],
    ])
    const command = await run(['completion', '--help'], portuguese)
    expect(command.out).toMatch(/\nArgumentos:\n[\s\S]*\nOpções globais:\n[\s\S]*\nExemplos:\n/)
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { camp } from '../support/camp.ts'
import { useDatabase } from '../support/database.ts'
import { adminEnv, succeed } from '../support/login.ts'
import { scratchFolder } from '../support/scratch.ts'

/** docs/importing.md shows what the example file gives, and its translation what it gives in Portuguese: here it is given. */
const db = useDatabase()
const PAGES = { en: 'docs/importing.md', 'pt-BR': 'docs/pt-BR/importing.md' } as const
const clock = { now: () => new Date('2026-11-24T13:30:00Z') }
let env: NodeJS.ProcessEnv

beforeAll(async () => {
  env = await adminEnv(db)
  const set = (...argv: string[]) => succeed(camp(argv, { env }))
  await set('wallet', 'add', 'Carteira Sul', '--idgis', '7')
  await set('broker', 'add', 'Twilio', '--adapter', 'TWILIO', '--cost', '0.0450')
  await set(
    'credential',
    'set',
    'Carteira Sul',
    'Twilio',
    'account_sid=AC00000000000000000000000000000000',
    'auth_token=t',
    'from=+5511900000000',
  )
  await set('budget', 'set', 'Carteira Sul', '2026-11', '1500.00')
})

test.each([
  ['en', 'warning:'],
  ['pt-BR', 'aviso:'],
] as const)('the dry run, in %s', async (language, warning) => {
  const { command, shown } = blockAfter(PAGES[language], EXAMPLE)
  const run = await camp(argvOf(command), { env: { ...env, CAMP_LANG: language }, clock })
  const said = run.err.split('\n').filter(line => line !== '')
  const warnings = said.filter(line => line.startsWith(warning))
  const talk = said.filter(line => !line.startsWith(warning))
  expect([...warnings, ...run.out.trimEnd().split('\n'), ...talk].join('\n')).toBe(shown)
})

test('the rejects', async () => {
  const { command } = blockAfter(PAGES.en, EXAMPLE)
  const rejects = join(scratchFolder('example'), 'rejects.csv')
  const argv = argvOf(command).filter(word => word !== '--dry-run')
  const run = await succeed(camp([...argv, '--rejects', rejects], { env, clock }))
  expect(run.out).toMatch(/rejects +4 rows in/)
  const written = new TextDecoder('windows-1252').decode(readFileSync(rejects), { stream: true })
  const [english, portuguese] = Object.values(PAGES).map(page => blockAfter(page, '```csv\nNM_DEVEDOR').whole)
  expect(written.trimEnd().split('\r\n').join('\n')).toBe(english)
  expect(portuguese).toBe(english)
})

const EXAMPLE = '```console\n$ camp campaign import fixtures/examples/importing.csv'

/** The fenced block of a page that begins so. */
function blockAfter(path: string, start: string) {
  const page = readFileSync(path, 'utf8')
  const at = page.indexOf(start)
  expect(at, `${path} has a block that begins with ${start}`).toBeGreaterThanOrEqual(0)
  const from = page.indexOf('\n', at) + 1
  const whole = page.slice(from, page.indexOf('\n```', from))
  const [command = '', ...lines] = whole.replace(/ \\\n\s+/g, ' ').split('\n')
  return { whole, command: command.replace(/^\$ camp /, ''), shown: lines.join('\n') }
}

/** A shell's words; double quotes hold spaces. */
function argvOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(match => match[1] ?? match[2]!)
}

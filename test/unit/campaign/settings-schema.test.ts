import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from '@commander-js/extra-typings'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { columnsOf, columnsSql, DEFAULT_SETTINGS } from '../../../src/campaign-settings/schema.ts'
import { readSettings } from '../../../src/cli/commands/campaign/import/settings.ts'
import { importFile } from '../../../src/cli/commands/campaign/index.ts'

const SCHEMA = 'src/campaign-settings/schema.ts'
const HASH = 'src/campaign/approval/approval-hash.ts'
const VIEW = 'src/campaign/read/settings-view.ts'
const OPTIONS = 'src/cli/commands/campaign/import/settings.ts'

it('a setting in the schema does not compile before its hash, its view and its option are decided', () => {
  const dummy = "colour: setting({ json: z.string(), default: 'red', columns: colour => ({ colour }) }),"
  const listed = HASH.replace('.ts', '-listed.ts')
  const errors = errorsIn([HASH, VIEW, OPTIONS, listed], {
    [SCHEMA]: read(SCHEMA).replace('const SETTINGS = {', `const SETTINGS = { ${dummy}`),
    // It says that it stands in the list of columns, and does not.
    [listed]: read(HASH).replace("message: 'LISTED',", "message: 'LISTED', colour: 'LISTED',"),
  })
  const missing = expect.stringMatching(/Property 'colour' is missing/)
  expect(errors).toEqual({
    [HASH]: [missing],
    [VIEW]: [missing],
    [OPTIONS]: [missing],
    [listed]: [expect.stringMatching(/not assignable to type 'Covered<"colour">'/)],
  })
})

it('columns come from the settings, to be stored and to be selected', () => {
  const columns = columnsOf({ ...DEFAULT_SETTINGS, hours: { from: 1, to: 2 }, stateLaws: ['AL'] })
  expect(columns).toMatchObject({ hours_from: 1, hours_to: 2, state_laws: ['AL'], batch_size: null })
  expect(columnsSql('c', ['hours', 'noCap'])).toBe('c.hours_from, c.hours_to, c.no_cap')
  expect(columnsSql('c').split(', ')).toEqual(Object.keys(columns).map(column => `c.${column}`))
})

it('an import that is told no setting has the defaults', () => {
  const program = new Command()
  const command = importFile(program).action(() => undefined)
  program.parse(['import', 'file.csv', '--wallet', 'w', '--broker', 'b'], { from: 'user' })
  const present = { now: new Date('2026-11-24T12:00:00Z'), timezone: 'America/Sao_Paulo' }
  expect(readSettings(command.opts(), present)).toEqual(DEFAULT_SETTINGS)
})

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

function read(path: string): string {
  return readFileSync(ROOT + path, 'utf8')
}

/** What the compiler says of some files. @param texts of files that are others than on disk, or not there */
function errorsIn(paths: readonly string[], texts: Readonly<Record<string, string>>): Record<string, string[]> {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT)
  const host = ts.createCompilerHost(options)
  const readFile = host.readFile.bind(host)
  host.readFile = path => texts[relative(ROOT, path)] ?? readFile(path)
  const files = paths.map(path => ROOT + path)
  const program = ts.createProgram(files, { ...options, noEmit: true, incremental: false }, host)
  const errorsOf = (path: string) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(ROOT + path))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
  return Object.fromEntries(paths.map(path => [path, errorsOf(path)]))
}

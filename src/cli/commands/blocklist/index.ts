import { PRESET_NAMES } from '../../../blocklist/sync/preset.ts'
import { t } from '../../../language/text.ts'
import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { collect, nameArgument, oneOf, wholeNumber } from '../../options.ts'
import { plainHelp } from '../../table-options.ts'

export const register: Register = (program, action) => {
  const blocklist = program.command('blocklist').description(t`blocked phones and documents: add, remove, list, sync`)
  add(blocklist).action(action(lazy(() => import('./handlers.ts').then(module => module.add))))
  remove(blocklist).action(action(lazy(() => import('./handlers.ts').then(module => module.remove))))
  check(blocklist).action(action(lazy(() => import('./handlers.ts').then(module => module.check))))
  list(blocklist).action(action(lazy(() => import('./entries.ts').then(module => module.list))))
  exportEntries(blocklist).action(action(lazy(() => import('./entries.ts').then(module => module.exportEntries))))
  stats(blocklist).action(action(lazy(() => import('./stats.ts').then(module => module.stats))))
  sync(blocklist).action(action(lazy(() => import('./sync.ts').then(module => module.sync))))
}

export const add = (parent: Parent) =>
  addCommand(parent, 'add [value]', t`never contact this phone or document again (USER, ADMIN)`, [
    "camp blocklist add '(11) 98765-4321' --reason 'asked by phone'",
    'camp blocklist add --document 529.982.247-25 --purpose cobranca',
    "camp blocklist add --file complaints.csv --reason 'asked by letter'",
  ])
    .option('--phone <phone>', t`a Brazilian number, however it is written`)
    .option('--document <document>', t`a CPF or CNPJ`)
    .option('--reason <reason>', t`why`)
    .option('--purpose <word>', t`only for campaigns of this purpose or of none (default: all)`)
    .option('--file <file>', t`all entries of a list (CSV, .xlsx or - for stdin)`)
    .optionsGroup(t`With --file:`)
    .option('--type <type>', t`content of a list without column names`, oneOf(['phone', 'document']))
    .option('--map <field=column>', t`column of each field: phone=TEL,document=CPF,reason=MOTIVO`, collect)
    .option('--max-size <megabytes>', t`refuse a larger list, compressed or not`, wholeNumber(1, 1_000_000), 1024)
    .option('--rejects <file>', t`write the rows that could not be read to this file`)
    .option('--overwrite', t`replace an existing --rejects file`)

export const remove = (parent: Parent) =>
  asks(
    addCommand(parent, 'remove', t`allow contact with a phone or document again (ADMIN)`, [
      'camp blocklist remove --phone 11987654321',
      'camp blocklist remove --all --source procon',
    ]),
  )
    .option('--phone <phone>', t`a Brazilian number, however it is written`)
    .option('--document <document>', t`a CPF or CNPJ`)
    .option('--source <name>', t`only the entry of this source (default: of all)`)
    .option('--all', t`every entry of --source (without --phone and --document)`)

const check = (parent: Parent) =>
  addCommand(parent, 'check <value>', t`whether a phone or document is blocked, by whom and why`, [
    'camp blocklist check 11987654321',
    'camp blocklist check 529.982.247-25 --json',
  ])

/** The options that choose entries. */
const filtered = (parent: Parent, usage: 'list' | 'export', description: string, examples: readonly [string, string]) =>
  addCommand(parent, usage, description, examples)
    .option('--source <name>', t`only entries of this source`)
    .option('--purpose <word>', t`only entries for this purpose`)
    .option('--type <type>', t`only entries of this type`, oneOf(['phone', 'document']))

export const list = (parent: Parent) =>
  filtered(parent, 'list', t`entries, newest first, with masked numbers`, [
    'camp blocklist list --source procon --limit 20',
    'camp blocklist list --type document --json',
  ])
    .option('--limit <n>', t`at most this many`, wholeNumber(1, 10_000), 50)
    .option('--after <id>', t`those behind this entry: the next page`)

export const exportEntries = (parent: Parent) =>
  filtered(parent, 'export', t`write entries with their numbers to a CSV file (ADMIN)`, [
    'camp blocklist export --csv blocked.csv',
    'camp blocklist export --source procon --csv - --plain',
  ])
    .requiredOption('--csv <file>', t`the file to write (-: stdout)`)
    .option('--plain', plainHelp())
    .option('--overwrite', t`replace an existing file`)

const stats = (parent: Parent) =>
  addCommand(parent, 'stats', t`entries and last sync of each source`, [
    'camp blocklist stats',
    'camp blocklist stats --json',
  ])

export const sync = (parent: Parent) =>
  addCommand(parent, 'sync <from>', t`update a source's entries from a file, a URL or - (ADMIN)`, [
    'camp blocklist sync procon.csv --source procon --replace',
    'camp blocklist sync https://example.com/list.csv.gz --source partner',
  ])
    .requiredOption('--source <name>', t`whose list it is (other sources stay unchanged)`, nameArgument)
    .option('--purpose <word>', t`entries apply to campaigns of this purpose or of none`)
    .option('--preset <name>', t`rules of a known list, kept`, oneOf([...PRESET_NAMES, 'none']))
    .option('--replace', t`remove the entries that the list does not contain`)
    .option('--allow-shrink', t`with --replace: allow removing over half of the entries`)
    .option('--refetch', t`download the list even if the server says it is unchanged`)
    .optionsGroup(t`The list:`)
    .option('--type <type>', t`content of a list without column names: phone or document`, oneOf(['phone', 'document']))
    .option('--map <field=column>', t`column of each field: phone=TEL,document=CPF,reason=MOTIVO`, collect)
    .option('--encoding <name>', t`utf-8, utf-16le, utf-16be or windows-1252 (default: detect)`)
    .option('--delimiter <sign>', t`one of ; , tab | (default: detect)`)
    .option('--sheet <name>', t`sheet of a workbook (default: the one Excel opens on)`)
    .option(
      '--max-size <megabytes>',
      t`refuse a larger list, compressed or uncompressed`,
      wholeNumber(1, 1_000_000),
      1024,
    )
    .option('--rejects <file>', t`write the rows that could not be read to this file`)
    .option('--overwrite', t`replace an existing --rejects file`)

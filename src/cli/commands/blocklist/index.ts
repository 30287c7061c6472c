import { t } from '../../../language/text.ts'
import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { collect, nameArgument, oneOf, wholeNumber } from '../../options.ts'

export const register: Register = (program, action) => {
  const blocklist = program.command('blocklist').description(t`blocked phones and documents: add, remove, check, sync`)
  add(blocklist).action(action(lazy(() => import('./handlers.ts').then(module => module.add))))
  remove(blocklist).action(action(lazy(() => import('./handlers.ts').then(module => module.remove))))
  check(blocklist).action(action(lazy(() => import('./handlers.ts').then(module => module.check))))
  stats(blocklist).action(action(lazy(() => import('./stats.ts').then(module => module.stats))))
  sync(blocklist).action(action(lazy(() => import('./sync.ts').then(module => module.sync))))
}

export const add = (parent: Parent) =>
  addCommand(parent, 'add', t`never contact this phone or document again (any user may)`, [
    "camp blocklist add --phone '(11) 98765-4321' --reason 'asked by phone'",
    'camp blocklist add --document 529.982.247-25 --purpose cobranca',
  ])
    .option('--phone <phone>', t`a Brazilian number, however it is written`)
    .option('--document <document>', t`a CPF or CNPJ`)
    .option('--reason <reason>', t`why`)
    .option('--purpose <word>', t`only for campaigns of this purpose or of none (default: all)`)

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

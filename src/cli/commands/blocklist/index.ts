import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { collect, nameArgument, oneOf, wholeNumber } from '../../options.ts'

export const register: Register = (program, action) => {
  const blocklist = program
    .command('blocklist')
    .description('who must never be contacted: add, remove, check, stats, sync')
  add(blocklist).action(action(lazy(() => import('./handlers.ts').then(module => module.add))))
  remove(blocklist).action(action(lazy(() => import('./handlers.ts').then(module => module.remove))))
  check(blocklist).action(action(lazy(() => import('./handlers.ts').then(module => module.check))))
  stats(blocklist).action(action(lazy(() => import('./stats.ts').then(module => module.stats))))
  sync(blocklist).action(action(lazy(() => import('./sync.ts').then(module => module.sync))))
}

export const add = (parent: Parent) =>
  addCommand(parent, 'add', 'never contact this phone or document again (any user may)')
    .option('--phone <phone>', 'a Brazilian number, however it is written')
    .option('--document <document>', 'a CPF or CNPJ')
    .option('--reason <reason>', 'why')
    .option('--purpose <word>', 'only for campaigns of this purpose, and those without one; without it, for all')

export const remove = (parent: Parent) =>
  asks(addCommand(parent, 'remove', 'let a phone or document be contacted again (ADMIN)'))
    .option('--phone <phone>', 'a Brazilian number, however it is written')
    .option('--document <document>', 'a CPF or CNPJ')
    .option('--source <name>', 'only the entry of this source; without it, of all')
    .option('--all', 'with --source and without the others: all that this source names')

const check = (parent: Parent) =>
  addCommand(parent, 'check <value>', 'whether a phone or document is blocked, by whom and why')

const stats = (parent: Parent) =>
  addCommand(parent, 'stats', 'what each source blocks, and when its list last came from where')

export const sync = (parent: Parent) =>
  addCommand(parent, 'sync <from>', "bring a source's entries up to its list: a file, an http(s) URL or - (ADMIN)")
    .requiredOption('--source <name>', 'whose list it is; entries of other sources are not touched', nameArgument)
    .option('--purpose <word>', 'what its entries bind: campaigns of this purpose, and those without one')
    .option('--replace', 'the list is all that the source names: what it does not name goes')
    .option('--allow-shrink', 'with --replace: even if more than half of the entries go')
    .option('--refetch', 'the whole list, even if the server says that nothing is new')
    .option('--type <type>', 'what a list without column names holds: phone or document', oneOf(['phone', 'document']))
    .option('--map <field=column>', 'which column is what: phone=TEL,document=CPF,reason=MOTIVO', collect)
    .option('--encoding <name>', 'utf-8, utf-16le, utf-16be or windows-1252; without it, detected')
    .option('--delimiter <sign>', '; , tab or |; without it, detected')
    .option('--sheet <name>', 'of a workbook; without it, the one on which Excel opens')
    .option(
      '--max-size <megabytes>',
      'a list that is longer, packed or unpacked, is refused',
      wholeNumber(1, 1_000_000),
      1024,
    )
    .option('--rejects <file>', 'write the rows there that could not be read')
    .option('--overwrite', 'replace a file that stands where --rejects writes')

import { CampError } from '../errors.ts'
import { t } from '../language/text.ts'

/** Commands that need the database, the workers' settings or local files. */
const NOT_SERVED = [
  '__complete',
  'completion',
  'backup',
  'db',
  'demo',
  'doctor',
  'init',
  'legacy',
  'logout',
  'restore',
  'sandbox',
  'secret',
  'serve',
  'service',
  'worker',
]

/** The word that src/cli/program.ts takes for the command. */
export function commandOf(argv: readonly string[]): string | undefined {
  return argv.find(word => !word.startsWith('-'))
}

/** Called before a server runs a command line for a client. @throws CampError USAGE */
export function assertServed(argv: readonly string[]): void {
  const command = commandOf(argv)
  if (command !== undefined && NOT_SERVED.includes(command)) {
    throw new CampError(
      'NOT_SERVED',
      t`camp ${command} does not run on a server: run it on the machine of the database`,
    )
  }
  const options = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : argv.length)
  const refused = options.find(word => ['--env-file', '--debug', '--repeat'].includes(word.split('=')[0]!))
  if (refused === undefined) return
  const [name] = refused.split('=')
  const why = {
    '--env-file': t`it has its own settings`,
    '--debug': t`stack traces are in its log`,
    '--repeat': t`a recurring campaign reads a folder of the machine that has the workers`,
  }[name as '--env-file']
  throw new CampError('NOT_SERVED', t`${name!} does not apply on a server: ${why}`)
}

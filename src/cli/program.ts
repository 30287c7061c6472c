import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings'
import { ENV_FILE_HELP } from './add-command.ts'
import type { Register } from './command.ts'
import { actionFor } from './command.ts'
import type { Host } from './context.ts'
import { lazy } from './lazy.ts'
import { asksForJson, commanderOutput } from './streams.ts'

type Entry = { summary: string; register: (...args: Parameters<Register>) => Promise<void> }

/**
 * The commands. Only the requested one is loaded: `camp --help` loads commander and nothing else. A folder of src/cli/commands
 * adds the command of its name.
 */
const COMMANDS: Record<string, Entry> = {
  demo: {
    summary: 'end-to-end run on the bundled file, with a simulated broker',
    register: lazy(() => import('./commands/demo/index.ts').then(module => module.register)),
  },
  login: {
    summary: 'log in with e-mail and password',
    register: lazy(() => import('./commands/login/index.ts').then(module => module.register)),
  },
  logout: {
    summary: 'forget the session',
    register: lazy(() => import('./commands/logout/index.ts').then(module => module.register)),
  },
  whoami: {
    summary: 'show the logged-in user and their role',
    register: lazy(() => import('./commands/whoami/index.ts').then(module => module.register)),
  },
  db: {
    summary: 'the database: migrate, status, start, stop',
    register: lazy(() => import('./commands/db/index.ts').then(module => module.register)),
  },
  user: {
    summary: 'users of camp',
    register: lazy(() => import('./commands/user/index.ts').then(module => module.register)),
  },
  wallet: {
    summary: 'payers of campaigns',
    register: lazy(() => import('./commands/wallet/index.ts').then(module => module.register)),
  },
  broker: {
    summary: 'senders, their price and rate',
    register: lazy(() => import('./commands/broker/index.ts').then(module => module.register)),
  },
  credential: {
    summary: "a wallet's key at a broker",
    register: lazy(() => import('./commands/credential/index.ts').then(module => module.register)),
  },
  secret: {
    summary: 'the secret that credentials are sealed with: rotate, reset',
    register: lazy(() => import('./commands/secret/index.ts').then(module => module.register)),
  },
  audit: {
    summary: 'who did what, and with whose token',
    register: lazy(() => import('./commands/audit/index.ts').then(module => module.register)),
  },
  setting: {
    summary: 'settings of the installation: list, set',
    register: lazy(() => import('./commands/setting/index.ts').then(module => module.register)),
  },
  budget: {
    summary: "a wallet's limit for a month, its ledger and its audit",
    register: lazy(() => import('./commands/budget/index.ts').then(module => module.register)),
  },
  template: {
    summary: 'approved texts with variables',
    register: lazy(() => import('./commands/template/index.ts').then(module => module.register)),
  },
  fish: {
    summary: 'our own control phones, added to every campaign',
    register: lazy(() => import('./commands/fish/index.ts').then(module => module.register)),
  },
  blocklist: {
    summary: 'phones and documents that must not be contacted',
    register: lazy(() => import('./commands/blocklist/index.ts').then(module => module.register)),
  },
  calendar: {
    summary: 'holidays and state contact-hour laws',
    register: lazy(() => import('./commands/calendar/index.ts').then(module => module.register)),
  },
  campaign: {
    summary: 'import, approve, run and follow campaigns',
    register: lazy(() => import('./commands/campaign/index.ts').then(module => module.register)),
  },
  legacy: {
    summary: 'data of the old WordPress system: import',
    register: lazy(() => import('./commands/legacy/index.ts').then(module => module.register)),
  },
  worker: {
    summary: 'send running campaigns and listen for callbacks',
    register: lazy(() => import('./commands/worker/index.ts').then(module => module.register)),
  },
  serve: {
    summary: 'run commands for users on other machines',
    register: lazy(() => import('./commands/serve/index.ts').then(module => module.register)),
  },
  sandbox: {
    summary: 'simulated brokers on this machine, with injected faults',
    register: lazy(() => import('./commands/sandbox/index.ts').then(module => module.register)),
  },
}

const campVersion = lazy(() => import('../config.ts').then(module => module.campVersion))

export async function buildProgram(argv: readonly string[], host: Host): Promise<CommandUnknownOpts> {
  const output = commanderOutput(host.streams, asksForJson(argv))
  const program = new Command('camp')
    .description('import contact files and send each message at most once')
    .helpCommand('help [command]', 'help for a command')
    .exitOverride()
    .showHelpAfterError('(for its options and arguments, add --help)')
    .configureOutput(output)
  program.option('-V, --version', 'print the version')
  program.option('--env-file <path>', ENV_FILE_HELP)
  program.on('option:version', () => undefined)
  program.addHelpText('after', '\nFirst time here: camp demo\nHelp for a command: camp campaign import --help')

  const words = argv.filter(word => !word.startsWith('-'))
  const asked = words[0] === 'help' ? words[1] : words[0]
  for (const [name, entry] of Object.entries(COMMANDS)) {
    if (name === asked) await entry.register(program, actionFor(host))
    else if (program.commands.every(command => command.name() !== name))
      program.command(name).description(entry.summary)
  }
  program.action(async () => {
    if (program.getOptionValue('version')) output.writeOut(`${await campVersion()}\n`)
    else program.help()
  })
  return program
}

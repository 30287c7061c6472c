import { Command, type CommandUnknownOpts, type Option } from '@commander-js/extra-typings'
import { t } from '../language/text.ts'
import { addGlobalOptions } from './add-command.ts'
import type { Register } from './command.ts'
import { actionFor } from './command.ts'
import type { Host } from './context.ts'
import { HELP_LAYOUT } from './help.ts'
import { lazy } from './lazy.ts'
import { asksForJson, commanderOutput } from './streams.ts'

type Entry = { summary: () => string; register: (...args: Parameters<Register>) => Promise<void> }

/**
 * The commands, by the heading of their group. Only the requested one is loaded: `camp --help` loads commander and nothing else. A
 * folder of src/cli/commands adds the command of its name.
 */
const COMMANDS: Record<string, Record<string, Entry>> = {
  'Campaigns:': {
    campaign: {
      summary: () => t`import, approve, run and follow campaigns`,
      register: lazy(() => import('./commands/campaign/index.ts').then(module => module.register)),
    },
    template: {
      summary: () => t`approved texts with variables`,
      register: lazy(() => import('./commands/template/index.ts').then(module => module.register)),
    },
    fish: {
      summary: () => t`our own control phones, added to every campaign`,
      register: lazy(() => import('./commands/fish/index.ts').then(module => module.register)),
    },
    blocklist: {
      summary: () => t`phones and documents that must not be contacted`,
      register: lazy(() => import('./commands/blocklist/index.ts').then(module => module.register)),
    },
    inbox: {
      summary: () => t`replies of recipients, and decisions about them`,
      register: lazy(() => import('./commands/inbox/index.ts').then(module => module.register)),
    },
    calendar: {
      summary: () => t`holidays and state contact-hour laws`,
      register: lazy(() => import('./commands/calendar/index.ts').then(module => module.register)),
    },
    top: {
      summary: () => t`all campaigns that run, the workers and the queue`,
      register: lazy(() => import('./commands/top/index.ts').then(module => module.register)),
    },
    report: {
      summary: () => t`a month's messages and money, by wallet or campaign`,
      register: lazy(() => import('./commands/report/index.ts').then(module => module.register)),
    },
  },
  'Payers and senders:': {
    wallet: {
      summary: () => t`payers of campaigns`,
      register: lazy(() => import('./commands/wallet/index.ts').then(module => module.register)),
    },
    broker: {
      summary: () => t`senders, their price and rate`,
      register: lazy(() => import('./commands/broker/index.ts').then(module => module.register)),
    },
    credential: {
      summary: () => t`a wallet's key at a broker`,
      register: lazy(() => import('./commands/credential/index.ts').then(module => module.register)),
    },
    budget: {
      summary: () => t`a wallet's limit for a month, its ledger and its audit`,
      register: lazy(() => import('./commands/budget/index.ts').then(module => module.register)),
    },
  },
  'Users and records:': {
    login: {
      summary: () => t`log in with e-mail and password`,
      register: lazy(() => import('./commands/login/index.ts').then(module => module.register)),
    },
    logout: {
      summary: () => t`forget the session`,
      register: lazy(() => import('./commands/logout/index.ts').then(module => module.register)),
    },
    whoami: {
      summary: () => t`show the logged-in user and their role`,
      register: lazy(() => import('./commands/whoami/index.ts').then(module => module.register)),
    },
    user: {
      summary: () => t`users of camp`,
      register: lazy(() => import('./commands/user/index.ts').then(module => module.register)),
    },
    audit: {
      summary: () => t`who did what, and with whose token`,
      register: lazy(() => import('./commands/audit/index.ts').then(module => module.register)),
    },
    setting: {
      summary: () => t`settings of the installation: list, set`,
      register: lazy(() => import('./commands/setting/index.ts').then(module => module.register)),
    },
    secret: {
      summary: () => t`the secret that credentials are sealed with: rotate, reset`,
      register: lazy(() => import('./commands/secret/index.ts').then(module => module.register)),
    },
    data: {
      summary: () => t`the data of one person: export, erase`,
      register: lazy(() => import('./commands/data/index.ts').then(module => module.register)),
    },
    prune: {
      summary: () => t`replace the personal data of old campaigns`,
      register: lazy(() => import('./commands/prune/index.ts').then(module => module.register)),
    },
  },
  'Processes:': {
    worker: {
      summary: () => t`send running campaigns and listen for callbacks`,
      register: lazy(() => import('./commands/worker/index.ts').then(module => module.register)),
    },
    serve: {
      summary: () => t`run commands for users on other machines`,
      register: lazy(() => import('./commands/serve/index.ts').then(module => module.register)),
    },
    db: {
      summary: () => t`the database: migrate, status, start, stop`,
      register: lazy(() => import('./commands/db/index.ts').then(module => module.register)),
    },
    backup: {
      summary: () => t`write a backup of the database to a file`,
      register: lazy(() => import('./commands/backup/index.ts').then(module => module.register)),
    },
    restore: {
      summary: () => t`replace the database by a backup, and hold it`,
      register: lazy(() => import('./commands/restore/index.ts').then(module => module.register)),
    },
  },
  'This machine:': {
    init: {
      summary: () => t`set up a server installation: settings, tables, first ADMIN`,
      register: lazy(() => import('./commands/init/index.ts').then(module => module.register)),
    },
    doctor: {
      summary: () => t`check this installation, and say what to do`,
      register: lazy(() => import('./commands/doctor/index.ts').then(module => module.register)),
    },
    service: {
      summary: () => t`systemd units: install, uninstall, status`,
      register: lazy(() => import('./commands/service/index.ts').then(module => module.register)),
    },
    completion: {
      summary: () => t`print the completion script of a shell: bash, zsh, fish`,
      register: lazy(() => import('./commands/completion/index.ts').then(module => module.register)),
    },
    legacy: {
      summary: () => t`data of the old WordPress system: import`,
      register: lazy(() => import('./commands/legacy/index.ts').then(module => module.register)),
    },
  },
  'To try camp:': {
    demo: {
      summary: () => t`end-to-end run on the bundled file, with a simulated broker`,
      register: lazy(() => import('./commands/demo/index.ts').then(module => module.register)),
    },
    sandbox: {
      summary: () => t`simulated brokers on this machine, with injected faults`,
      register: lazy(() => import('./commands/sandbox/index.ts').then(module => module.register)),
    },
  },
}

const campVersion = lazy(() => import('../config.ts').then(module => module.campVersion))

export async function buildProgram(argv: readonly string[], host: Host): Promise<CommandUnknownOpts> {
  const program = new Command('camp')
    .description(t`import contact files and send each message at most once`)
    .helpCommand('help [command]', t`help for a command`)
    .helpOption('-h, --help', t`display help for command`)
    .configureHelp(HELP_LAYOUT)
    .exitOverride()
    .showHelpAfterError(t`(for its options and arguments, add --help)`)
    .configureOutput(commanderOutput(host.streams, asksForJson(argv)))
  addGlobalOptions(program)
  program.addHelpText(
    'after',
    `\n${t`First time here: camp demo`}\n${t`Help for a command: camp campaign import --help`}`,
  )

  const words = argv.filter(word => !word.startsWith('-'))
  const asked = words[0] === 'help' ? words[1] : words[0]
  if (asked === undefined) {
    const isVersion = argv.some(word => word === '-V' || word === '--version')
    program.version(isVersion ? await campVersion() : '', '-V, --version', t`print the version`)
  }
  for (const [heading, entries] of Object.entries(COMMANDS)) {
    program.commandsGroup(heading)
    for (const [name, entry] of Object.entries(entries)) {
      if (name === asked) await entry.register(program, actionFor(host))
      else if (program.commands.every(command => command.name() !== name))
        program.command(name).description(entry.summary())
    }
  }
  reportMissingLast(program)
  return program
}

/**
 * Commander reports a missing option before an unknown one, which may be the same one misspelled. Here the unknown one is reported
 * first, and every missing one at once.
 */
function reportMissingLast(program: CommandUnknownOpts): void {
  const required = new Map<CommandUnknownOpts, Option[]>()
  const walk = (command: CommandUnknownOpts) => {
    const options = command.options.filter(option => option.mandatory)
    for (const option of options) option.makeOptionMandatory(false)
    required.set(command, options)
    command.commands.forEach(walk)
  }
  walk(program)
  program.hook('preAction', (_, command) => {
    const missing = required
      .get(command)!
      .filter(option => command.getOptionValue(option.attributeName()) === undefined)
      .map(option => `'${option.flags}'`)
    if (missing.length === 0) return
    const text =
      missing.length === 1
        ? t`required option ${missing[0]!} not specified`
        : t`required options ${missing.join(t` and `)} not specified`
    command.error(text, { code: 'commander.missingMandatoryOptionValue' })
  })
}

import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings'
import type { Register } from './command.ts'
import { actionFor, ENV_FILE_HELP } from './command.ts'
import type { Host } from './context.ts'
import { lazy } from './lazy.ts'
import { asksForJson, commanderOutput } from './streams.ts'

type Entry = { summary: string; load: () => Promise<{ register: Register }> }

/**
 * The top of the tree. Only the command that was asked for is loaded: `camp --help` pays for commander and nothing else.
 * A file of src/cli/commands adds the command of its name to the program.
 */
const COMMANDS: Record<string, Entry> = {
  demo: {
    summary: 'the whole way on the bundled file, with the sandbox as a broker',
    load: () => import('./commands/demo/index.ts'),
  },
  login: { summary: 'log in with e-mail and password', load: () => import('./commands/login/index.ts') },
  logout: { summary: 'forget the session', load: () => import('./commands/logout/index.ts') },
  whoami: { summary: 'who is logged in, and with which role', load: () => import('./commands/whoami/index.ts') },
  db: { summary: 'the database: migrate, status, start, stop', load: () => import('./commands/db/index.ts') },
  user: { summary: 'who may use camp', load: () => import('./commands/user/index.ts') },
  wallet: { summary: 'who pays', load: () => import('./commands/wallet/index.ts') },
  broker: { summary: 'who sends, at what price and pace', load: () => import('./commands/broker/index.ts') },
  credential: { summary: "a wallet's key at a broker", load: () => import('./commands/credential/index.ts') },
  secret: {
    summary: 'the secret that credentials are sealed with: rotate, reset',
    load: () => import('./commands/secret.ts'),
  },
  audit: { summary: 'who did what, and by whose token', load: () => import('./commands/audit/index.ts') },
  setting: {
    summary: 'what holds for the whole installation: list, set',
    load: () => import('./commands/setting.ts'),
  },
  budget: {
    summary: "a wallet's limit for a month, its ledger and its audit",
    load: () => import('./commands/budget.ts'),
  },
  template: { summary: 'approved texts with variables', load: () => import('./commands/template.ts') },
  fish: { summary: 'our own control phones, added to every campaign', load: () => import('./commands/fish/index.ts') },
  blocklist: { summary: 'who must never be contacted', load: () => import('./commands/blocklist.ts') },
  calendar: { summary: 'days without contact, and states’ laws', load: () => import('./commands/calendar.ts') },
  campaign: { summary: 'import, approve, run and follow campaigns', load: () => import('./commands/campaign.ts') },
  worker: {
    summary: 'send what runs: queue consumers and the webhook listener',
    load: () => import('./commands/worker.ts'),
  },
  serve: {
    summary: 'run commands for users on other machines, who have neither secret nor database',
    load: () => import('./commands/serve.ts'),
  },
  sandbox: {
    summary: 'a local stand-in for every broker, with faults on demand',
    load: () => import('./commands/sandbox.ts'),
  },
}

const campVersion = lazy(() => import('../config.ts'), 'campVersion')

export async function buildProgram(argv: readonly string[], host: Host): Promise<CommandUnknownOpts> {
  const output = commanderOutput(host.streams, asksForJson(argv))
  const program = new Command('camp')
    .description('Imports contact files as campaigns and dispatches them through brokers, each message at most once.')
    .helpCommand('help [command]', 'help for a command')
    .exitOverride()
    .showHelpAfterError('(add --help for what this command takes)')
    .configureOutput(output)
  program.option('-V, --version', 'print the version')
  program.option('--env-file <path>', ENV_FILE_HELP)
  program.on('option:version', () => undefined)
  program.addHelpText('after', '\nFirst time here: camp demo\nHelp for a command: camp campaign import --help')

  const words = argv.filter(word => !word.startsWith('-'))
  const asked = words[0] === 'help' ? words[1] : words[0]
  for (const [name, entry] of Object.entries(COMMANDS)) {
    if (name === asked) (await entry.load()).register(program, actionFor(host))
    else if (program.commands.every(command => command.name() !== name))
      program.command(name).description(entry.summary)
  }
  program.action(async () => {
    if (program.getOptionValue('version')) output.writeOut(`${await campVersion()}\n`)
    else program.help()
  })
  return program
}

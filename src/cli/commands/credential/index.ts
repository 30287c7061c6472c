import { t } from '../../../language/text.ts'
import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  const credential = program
    .command('credential')
    .description(t`a wallet's key at a broker: set, show, list, test, unblock`)
  set(credential).action(action(lazy(() => import('./handlers.ts').then(module => module.set))))
  show(credential).action(action(lazy(() => import('./handlers.ts').then(module => module.show))))
  list(credential).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
  test(credential).action(action(lazy(() => import('./handlers.ts').then(module => module.test))))
  unblock(credential).action(action(lazy(() => import('./handlers.ts').then(module => module.unblock))))
  remove(credential).action(action(lazy(() => import('./handlers.ts').then(module => module.remove))))
}

export const set = (parent: Parent) =>
  addCommand(parent, 'set <wallet> <broker> [key=value...]', t`add, change or remove keys of a credential`, [
    'camp credential set Sul Twilio --file twilio.json',
    'camp credential set Sul Twilio from=+551140028922 channel=sms',
  ])
    .option('--file <file>', t`a JSON object of keys and values (- for stdin)`)
    .addHelpText(
      'after',
      `\n${t`Given keys are merged into the stored ones; an empty value (key=) removes its key. The result is
        checked against the broker's adapter before it is sealed and stored. Secrets on a command line remain in the
        shell's history: prefer --file.`}`,
    )

const show = (parent: Parent) =>
  addCommand(parent, 'show <wallet> <broker>', t`a credential, its secrets masked`, [
    'camp credential show Sul Twilio',
    'camp credential show Sul Twilio --json',
  ])

const list = (parent: Parent) =>
  addCommand(parent, 'list', t`the wallets and brokers that have a credential`, [
    'camp credential list',
    'camp credential list --json',
  ])

const test = (parent: Parent) =>
  addCommand(parent, 'test <wallet> <broker>', t`try a credential with the broker's cheapest read`, [
    'camp credential test Sul Twilio',
    'camp credential test Sul Twilio --json',
  ])

const unblock = (parent: Parent) =>
  addCommand(parent, 'unblock <wallet> <broker>', t`end a wait after a rate limit or an outage`, [
    'camp credential unblock Sul Twilio',
    'camp credential unblock Sul Twilio --json',
  ]).addHelpText(
    'after',
    `\n${t`A broker that is called too early may refuse again, or count it against the account. After an outage one
      batch tries first.`}`,
  )

const remove = (parent: Parent) =>
  asks(
    addCommand(parent, 'remove <wallet> <broker>', t`remove a credential`, [
      'camp credential remove Sul Twilio',
      'camp credential remove Sul Twilio --yes',
    ]),
  )

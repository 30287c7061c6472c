import { InvalidArgumentError } from '@commander-js/extra-typings'
import { ADAPTER_NAMES } from '../../../broker/registry.ts'
import { t } from '../../../language/text.ts'
import { addCommand, asks, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'
import { collect, nameArgument, oneOf, wholeNumberOrNone } from '../../options.ts'

export const register: Register = (program, action) => {
  const broker = program.command('broker').description(t`senders, their price and rate: add, list, show, set`)
  add(broker).action(
    action(
      lazy(() => import('./handlers.ts').then(module => module.add)),
      { mayCreateDatabase: true },
    ),
  )
  list(broker).action(action(lazy(() => import('./handlers.ts').then(module => module.list))))
  show(broker).action(action(lazy(() => import('./handlers.ts').then(module => module.show))))
  set(broker).action(action(lazy(() => import('./handlers.ts').then(module => module.set))))
  remove(broker).action(action(lazy(() => import('./handlers.ts').then(module => module.remove))))
}

export const add = (parent: Parent) =>
  addCommand(parent, 'add', t`add a broker`, [
    "camp broker add 'Gupshup 1' --adapter GUPSHUP --cost 0.0450 --rate 20/s",
    'camp broker add Twilio --adapter TWILIO --cost 0.0790 --billing delivered',
  ])
    .argument('<name>', t`its name, unique`, nameArgument)
    .requiredOption('--adapter <adapter>', t`its adapter: ${ADAPTER_NAMES.join(', ')}`)
    .requiredOption('--cost <amount>', t`what a message costs: 0.0450`)
    .option('--rate <rate>', t`request limit per credential: 20/s, 100/m, 5000/h or none`, parseRate)
    .option(
      '--concurrency <number>',
      t`requests in flight per credential, or "none"`,
      wholeNumberOrNone(1, MAX_AT_ONCE),
    )
    .option('--max-batch <number>', t`messages per request`, wholeNumberOrNone(1, MAX_A_REQUEST))
    .option('--billing <billing>', t`what it bills: accepted or delivered messages`, oneOf(BILLING))

const list = (parent: Parent) =>
  addCommand(parent, 'list', t`all brokers`, ['camp broker list', 'camp broker list --json'])

export const show = (parent: Parent) =>
  addCommand(parent, 'show <broker>', t`a broker (an ADMIN also sees its webhook URL)`, [
    "camp broker show 'Gupshup 1'",
    'camp broker show Twilio --codes',
    'camp broker show Twilio --json',
  ]).option('--codes', t`list its codes instead: the class and the meaning of each`)

export const set = (parent: Parent) =>
  addCommand(parent, 'set <broker>', t`change a broker`, [
    'camp broker set Twilio --cost 0.0820 --rate 100/m',
    'camp broker set Twilio --code 30007=stop --code 63049=later:24h',
    'camp broker set Twilio --renew-webhook',
  ])
    .option('--name <name>', t`its new name`, nameArgument)
    .option('--cost <amount>', t`price of a message (approved campaigns keep theirs)`)
    .option('--rate <rate>', t`request limit: 20/s, 100/m, 5000/h or "none"`, parseRate)
    .option(
      '--concurrency <number>',
      t`requests in flight per credential, or "none"`,
      wholeNumberOrNone(1, MAX_AT_ONCE),
    )
    .option(
      '--max-batch <number>',
      t`messages per request, or "none" for the adapter's own`,
      wholeNumberOrNone(1, MAX_A_REQUEST),
    )
    .option('--billing <billing>', t`what it bills: accepted or delivered messages`, oneOf(BILLING))
    .option('--code <code=class>', t`class of a code, or default (repeatable): 132015=stop`, collect)
    .option('--renew-webhook', t`replace its webhook URL (the old one stops working)`)

const remove = (parent: Parent) =>
  asks(
    addCommand(parent, 'remove <broker>', t`remove a broker that no campaign uses, with its credentials`, [
      'camp broker remove Twilio',
      'camp broker remove Twilio --yes',
    ]),
  )

const BILLING = ['ACCEPTED', 'DELIVERED'] as const
const MAX_AT_ONCE = 10_000
const MAX_A_REQUEST = 100_000

/** Requests per second with three decimals, rounded down; or "none". */
function parseRate(text: string): string {
  if (text === 'none') return text
  const match = /^(\d{1,6})(?:\/(s|m|h))?$/.exec(text)
  const seconds = { s: 1, m: 60, h: 3600 }[match?.[2] ?? 's'] ?? 1
  const thousandths = match ? Math.floor((Number(match[1]) * 1000) / seconds) : 0
  if (thousandths === 0) throw new InvalidArgumentError(t`Write it as 20/s, 100/m or 5000/h; at least 4/h.`)
  return (thousandths / 1000).toFixed(3)
}

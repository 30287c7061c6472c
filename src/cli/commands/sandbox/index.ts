import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { t } from '../../../language/text.ts'
import { addCommand, type Parent } from '../../add-command.ts'
import type { Register } from '../../command.ts'
import { lazy } from '../../lazy.ts'

export const register: Register = (program, action) => {
  sandbox(program).action(action(lazy(() => import('./handlers.ts').then(module => module.runSandbox))))
}

export const sandbox = (parent: Parent) =>
  addCommand(parent, 'sandbox', t`simulated brokers on their real paths, with injected faults`, [
    'camp sandbox --listen 127.0.0.1:8099',
    'camp sandbox --fault 429=0.05 --refused 0.01 --seed 7',
    'camp sandbox --phone 5511987654321=opt_out --delivered 0.9',
  ])
    .addOption(
      new Option('--listen <host:port>', t`where to listen (port 0: any free one)`)
        .argParser(address)
        .default({ host: '127.0.0.1', port: 0 }, '127.0.0.1:0'),
    )
    .option('--seed <n>', t`the same seed gives the same random choices`, number, 1)
    .option('--journal <file>', t`keep accepted messages in a file and continue from it`)
    .optionsGroup(t`Answers:`)
    .option('--latency <ms>', t`how long an answer takes: 20, or 5-50`, range)
    .option('--refused <share>', t`share of refused messages: 0.01`, number)
    .option('--fault <name=share>', t`share of requests that fail: 429=0.05 (repeatable)`, shares)
    .option('--retry-after <seconds>', t`sent with every 429`, number)
    .option('--poison <value...>', t`keys or phones whose whole request is refused`)
    .optionsGroup(t`Callbacks:`)
    .option('--callback-delay <ms>', t`before "delivered", and again before "read": 200, or 50-500`, range)
    .option('--delivered <share>', t`of what was accepted (0.95)`, number)
    .option('--failed <share>', t`of what was accepted (0.02)`, number)
    .option('--read <share>', t`of what was delivered (0.6)`, number)
    .option('--opt-out <share>', t`of what was delivered (0)`, number)
    .option('--callbacks <name=share>', t`duplicated, reordered, early, unknown, forged (repeatable)`, shares)
    .optionsGroup(t`By phone, broker and setting:`)
    .option('--phone <phone=outcome>', t`refuse, silent, deliver, read, fail, opt_out (repeatable)`, outcomes)
    .option('--reply <phone=text>', t`what a person answers to a message (repeatable)`, replies)
    .option('--for <broker=json>', t`for one broker: GUPSHUP={"callback_url":"…"} (repeatable)`, perBroker)
    .option('--control <json>', t`any setting of PUT /control`, json)
    .addHelpText(
      'after',
      `\n${t`It prints its URL and runs until it is stopped. GET /stats counts, GET /messages?phone=… what a phone
        received, GET /control lists the faults, PUT /control changes them; /stats/GOSAC and /control/GOSAC are
        about one broker.`}`,
    )

function range(text: string): number | [number, number] {
  const match = /^(\d+)-(\d+)$/.exec(text)
  return match ? [Number(match[1]), Number(match[2])] : number(text)
}

function shares(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [name = '', share = ''] = text.split('=')
  return { ...before, [name]: number(share) }
}

function outcomes(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [phone = '', outcome = ''] = text.split('=')
  return { ...before, [phone]: outcome }
}

function replies(text: string, before: Record<string, { text: string }> = {}): Record<string, { text: string }> {
  const [, phone = '', answer = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? []
  return { ...before, [phone]: { text: answer } }
}

function perBroker(text: string, before: Record<string, unknown> = {}): Record<string, unknown> {
  const [, broker = '', control = ''] = /^(\w+)=(.*)$/s.exec(text) ?? []
  return { ...before, [broker.toUpperCase()]: json(control) }
}

function address(text: string): { host: string; port: number } {
  const match = /^\[?(.+?)\]?:(\d+)$/.exec(text)
  if (!match || Number(match[2]) > 65_535) throw new InvalidArgumentError(t`It must be HOST:PORT.`)
  return { host: match[1] ?? '', port: Number(match[2]) }
}

function json(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // reported below
  }
  throw new InvalidArgumentError(t`It must be a JSON object.`)
}

function number(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError(t`It must be a number.`)
  return value
}

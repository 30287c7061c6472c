import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { z } from 'zod'
import { formatMoney, moneyOf, reaisText } from '../../../budget/money.ts'
import { stopServer } from '../../../database/embedded/server.ts'
import { CampError } from '../../../errors.ts'
import { freePort } from '../../../http/free-port.ts'
import { fixedText } from '../../../language/format.ts'
import { t } from '../../../language/text.ts'
import { monthOf } from '../../../time/local-day.ts'
import { styled } from '../../blocks.ts'
import type { Context } from '../../context.ts'
import { number } from '../campaign/text.ts'
import { DEMO_TEMPLATE, demoBroker } from './broker.ts'
import { type Program, startProgram } from './program.ts'
import { campIn, type RunCamp } from './run-camp.ts'

const MAILING = fileURLToPath(new URL('../../../../fixtures/demo/mailing.csv', import.meta.url))
const [WALLET, UNIT] = ['Carteira Demo', '0.0450'] as const

/**
 * Runs camp end to end; only the broker is simulated, by a process of its own: set-up, import, approval, dispatch by a worker
 * process, callbacks, report. Then it compares the ledger and the leads with the counts of the broker.
 * @throws CampError STATE if they differ
 */
export async function runDemo(context: Context, { keep, broker }: { keep: boolean; broker: string }): Promise<void> {
  demoBroker(broker)
  const home = await mkdtemp(join(tmpdir(), 'camp-demo-'))
  const programs: Program[] = []
  try {
    const port = await freePort()
    const env = {
      PATH: context.host.env.PATH,
      CAMP_HOME: home,
      CAMP_PUBLIC_URL: `http://127.0.0.1:${port}`,
      LOG_LEVEL: 'warn',
      CAMP_SWEEP_MS: '1000',
    }
    const camp = campIn(context, { ...env, NO_COLOR: context.host.env.NO_COLOR })
    const sandbox = await step(context, t`The sandbox as ${broker}, a process of its own`, async () => {
      const started = await startProgram(['sandbox', '--json', '--callback-delay', '20-200'], env)
      programs.push(started)
      return z.object({ url: z.string() }).parse(JSON.parse(started.firstLine)).url
    })
    await step(context, t`PostgreSQL, migrations; a wallet, its budget, a broker, the credential, two fish`, () =>
      setUp(context, camp, sandbox, broker),
    )
    const { id, refused } = await importMailing(context, camp, broker)
    await step(context, t`Approval against the budget`, () => camp('campaign', 'approve', id, '--yes'))
    await step(context, t`A worker, with the listener for callbacks`, async () => {
      programs.push(await startProgram(['worker', '--listen', `127.0.0.1:${port}`], env))
    })
    const startedAt = context.clock.now().getTime()
    await step(context, t`Dispatch`, () => camp.shown('campaign', 'run', id, '--wait'))
    const seconds = (context.clock.now().getTime() - startedAt) / 1000
    const report = await step(context, t`Delivery callbacks`, () => callbacksDone(camp, sandbox, id, context.signal))
    context.out.talk('')
    await check(context, camp, { id, sandbox, report, seconds, refused })
  } finally {
    for (const program of programs.reverse()) await program.stop()
    if (keep) context.out.talk(['', t`Its database is kept: CAMP_HOME=${home} camp campaign list`])
    else {
      await stopServer(home)
      await rm(home, { recursive: true, force: true })
    }
  }
}

async function setUp(context: Context, camp: RunCamp, sandbox: string, broker: string): Promise<void> {
  const { credential, callsOneUrl, maxBatch = 'none' } = demoBroker(broker)
  await camp('wallet', 'add', WALLET, '--idgis', '9001')
  const { year, month } = monthOf(context.clock.now(), context.config.timezone)
  await camp('budget', 'set', WALLET, `${year}-${String(month).padStart(2, '0')}`, '1000.00')
  const settings = ['--adapter', broker, '--cost', UNIT, '--rate', 'none', '--max-batch', String(maxBatch)]
  // What was accepted is counted below; a failure may be reported after that.
  const added = await camp('broker', 'add', broker, ...settings, '--billing', 'accepted')
  await camp('credential', 'set', WALLET, broker, ...credential(sandbox))
  await camp('template', 'add', 'Proposta', '--code', DEMO_TEMPLATE.code, '--content', DEMO_TEMPLATE.content)
  await camp('fish', 'add', 'Isca 1', '11 91234-5678')
  await camp('fish', 'add', 'Isca 2', '21 91234-5678')
  if (callsOneUrl)
    await setCallbackUrl(sandbox, broker, await camp('broker', 'show', z.object({ id: z.string() }).parse(added).id))
}

/** Sets the callback URL, which an operator sets once on the side of the broker. */
async function setCallbackUrl(sandbox: string, broker: string, shown: unknown): Promise<void> {
  const { webhook_url } = z.object({ webhook_url: z.string() }).parse(shown)
  const control = { method: 'PUT', body: JSON.stringify({ callback_url: webhook_url }) } as const
  await (await request(`${sandbox}/control/${broker}`, control)).body.dump()
}

const view = z.object({
  id: z.string(),
  agendamento_id: z.string(),
  status: z.string(),
  rows: z.number(),
  fish: z.number(),
  counts: z.record(z.string(), z.number()),
  errors: z.record(z.string(), z.number()),
  cost: z.object({ unit: z.string(), ceiling: z.string(), used: z.string() }),
})
type View = z.infer<typeof view>

async function importMailing(context: Context, camp: RunCamp, broker: string) {
  // Round the clock, because a demo must work at any hour; by default a campaign is sent between 08:00 and 20:00.
  const always = ['--hours', '00:00-24:00', '--days', 'mon-sun', '--allow-holidays']
  const imported = await step(context, t`Import of fixtures/demo/mailing.csv`, async () =>
    view.parse(
      await camp(
        'campaign',
        'import',
        MAILING,
        '--wallet',
        WALLET,
        '--broker',
        broker,
        ...demoBroker(broker).content,
        ...always,
      ),
    ),
  )
  const refused = Object.entries(imported.errors).filter(([, n]) => n > 0)
  context.out.talk(
    t`   ${number(imported.rows)} rows, ${number(imported.counts.PENDING ?? 0)} to send (${imported.fish} fish among
      them), refused: ${refused.map(([code, n]) => `${code} ${n}`).join(', ')}; at most ${reaisText(moneyOf(imported.cost.ceiling), 'UP')}`,
  )
  return { id: imported.agendamento_id, refused: refused.reduce((sum, [, n]) => sum + n, 0) }
}

const stats = z.object({
  accepted: z.number(),
  unique: z.number(),
  duplicates: z.number(),
  callbacks: z.object({ waiting: z.number() }),
})

async function statsOf(sandbox: string): Promise<z.infer<typeof stats>> {
  return stats.parse(await (await request(`${sandbox}/stats`)).body.json())
}

const CALLBACKS_MS = 20_000

/** Waits until the broker has made all its callbacks and they are applied, so that nothing changes any more; at most CALLBACKS_MS. */
async function callbacksDone(camp: RunCamp, sandbox: string, id: string, signal: AbortSignal): Promise<View> {
  let last = ''
  for (let waitedMs = 0; ; waitedMs += 250) {
    const { waiting } = (await statsOf(sandbox)).callbacks
    const report = view.parse(await camp('campaign', 'report', id))
    const counts = JSON.stringify(report.counts)
    if ((waiting === 0 && counts === last) || waitedMs > CALLBACKS_MS) return report
    last = counts
    await delay(250, undefined, { signal })
  }
}

interface Result {
  id: string
  sandbox: string
  report: View
  seconds: number
  refused: number
}

/** Checks the invariants against the counts of the broker. */
async function check(context: Context, camp: RunCamp, { sandbox, report, seconds, refused }: Result): Promise<void> {
  const { year, month } = monthOf(context.clock.now(), context.config.timezone)
  const period = `${year}-${String(month).padStart(2, '0')}`
  const broker = await statsOf(sandbox)
  const budget = z.object({ used_budget: z.string() }).parse(await camp('budget', 'show', WALLET, period))
  const ledger = z.array(z.object({ amount: z.string() })).parse(await camp('budget', 'ledger', WALLET, period))
  await camp('budget', 'audit')
  const sum = formatMoney(ledger.reduce((total, entry) => total + moneyOf(entry.amount), 0n))
  const cost = formatMoney(moneyOf(UNIT) * BigInt(broker.accepted))
  const toSend = report.rows + report.fish - refused
  const checks: [string, boolean, string][] = [
    [
      t`rows of the file + fish = leads`,
      report.rows + report.fish === report.counts.total,
      `${number(report.rows)} + ${report.fish}`,
    ],
    [t`every lead that could be sent was accepted`, broker.unique === toSend, number(broker.unique)],
    [
      t`the broker got each lead once`,
      broker.accepted === broker.unique && broker.duplicates === 0,
      t`${broker.duplicates} duplicates`,
    ],
    [
      t`nothing is open or in doubt`,
      ['PENDING', 'SENDING', 'IN_DOUBT'].every(status => report.counts[status] === 0),
      report.status,
    ],
    [
      t`ledger = used budget = unit cost × accepted`,
      sum === cost && moneyOf(budget.used_budget) === moneyOf(cost),
      reaisText(moneyOf(sum)),
    ],
  ]
  const text = () => [
    ...checks.map(([what, holds, figure]) => styled(holds ? ['green', '✔'] : ['red', '✘'], ` ${what}: ${figure}`)),
    '',
    t`Sent ${number(broker.unique)} messages in ${fixedText(seconds, 1)} s; delivered
      ${number(report.counts.DELIVERED! + report.counts.READ!)}, of them read ${number(report.counts.READ!)}.`,
  ]
  const failed = checks.filter(([, holds]) => !holds)
  context.out.result(
    { ...report, seconds, broker, checks: checks.map(([what, holds, figure]) => ({ what, holds, figure })) },
    text,
  )
  if (failed.length > 0)
    throw new CampError(
      'DEMO_BOOKS_DIFFER',
      t`the budget audit found differences: ${failed.map(([what]) => what).join('; ')}`,
    )
}

async function step<T>(context: Context, what: string, work: () => Promise<T>): Promise<T> {
  const from = context.clock.now().getTime()
  context.signal.throwIfAborted()
  const result = await work()
  const seconds = fixedText((context.clock.now().getTime() - from) / 1000, 1)
  context.out.talk(styled(['green', '✔'], ` ${what} `, ['dim', `(${seconds} s)`]))
  return result
}

import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer, stopServer } from '../../src/database/embedded/server.ts'
import { checkLockOrder } from '../../src/database/lock-order.ts'
import { migrate } from '../../src/database/migrations.ts'
import { administer, FAST, TEMPLATE, withDatabase } from '../support/server.ts'
import { replayOf } from './explore.ts'
import { MUTANTS } from './mutants.ts'
import { SETTINGS } from './scene.ts'
import { type Finding, pairs, readText, type Searched, searchOne, searchPair, searchRandom, textOf } from './search.ts'
import { openStage, type Stage } from './stage.ts'

export interface Wanted {
  /** In all; the mutants' are not among them. */
  schedules: number
  seed: number
  /** Only this one, as a finding names it. */
  replay?: string | undefined
}

/**
 * `npm run prove -- --interleavings`: the orders of every pair of actors on a real database, then triples and quadruples by the
 * seed, and mutants that must be found.
 * @returns whether nothing was found, and every mutant was
 */
export async function proveInterleavings({ schedules, seed, replay }: Wanted): Promise<boolean> {
  checkLockOrder()
  const home = mkdtempSync(join(tmpdir(), 'camp-interleave-'))
  const url = await startServer(home, { settings: FAST })
  const stages: Stage[] = []
  try {
    await administer(url, `CREATE DATABASE ${TEMPLATE}`)
    await migrate(withDatabase(url, TEMPLATE))
    for (let i = 0; i < availableParallelism(); i++) {
      await administer(url, `CREATE DATABASE interleave_${i} TEMPLATE ${TEMPLATE}`)
      stages.push(await openStage(withDatabase(url, `interleave_${i}`)))
    }
    if (replay !== undefined) return await again(stages[0]!, replay)
    const areCaught = await mutants(stages, seed)
    return (await search(stages, { schedules, seed })) && areCaught
  } finally {
    for (const stage of stages) await stage.close()
    await stopServer(home)
    rmSync(home, { recursive: true, force: true })
  }
}

async function again(stage: Stage, text: string): Promise<boolean> {
  const { meeting, order } = readText(text)
  const { findings } = await searchOne(stage, meeting, replayOf(order))
  for (const { wrong, steps } of findings) say(`✘ ${wrong.join('; ')}`, steps)
  if (findings.length === 0) say('✔ nothing was found')
  return findings.length === 0
}

const MOST_OF_A_MUTANT = 300

async function mutants(stages: readonly Stage[], seed: number): Promise<boolean> {
  let missed = 0
  await spread(stages, MUTANTS, async (stage, { name, meeting, rewrite }) => {
    const found = await searchPair(stage, meeting, { most: MOST_OF_A_MUTANT, seed, rewrite, untilFound: true })
    if (found.findings.length === 0) missed++
    say(
      found.findings[0]
        ? `✔ ${name}: ${found.findings[0].wrong[0]}`
        : `✘ ${name} is not found in ${found.schedules} schedules`,
    )
  })
  return missed === 0
}

/** Of the schedules, how many are left to triples and quadruples; what small pairs leave over comes to it. */
const RANDOM_SHARE = 0.25

async function search(stages: readonly Stage[], { schedules, seed }: Wanted): Promise<boolean> {
  const startedAt = performance.now()
  const meetings = pairs()
  const most = Math.max(2, Math.ceil((schedules * (1 - RANDOM_SHARE)) / meetings.length))
  const rows = new Map(SETTINGS.map(setting => [setting, tally()]))
  const findings: Finding[] = []
  await spread(stages, meetings, async (stage, meeting, i) => {
    const found = await searchPair(stage, meeting, { most, seed: seed + i })
    add(rows.get(meeting.setting)!, found)
    findings.push(...found.findings.slice(0, 1))
  })
  const random = tally()
  await spread(
    stages,
    Array.from({ length: Math.max(0, schedules - total(rows.values()).schedules) }),
    async (stage, _, i) => {
      const found = await searchRandom(stage, seed * 1_000_003 + i)
      add(random, found)
      findings.push(...found.findings)
    },
  )
  say('', '| setting | meetings | with all orders | schedules | ends | deadlocks |', '|---|---|---|---|---|---|')
  for (const [setting, row] of rows)
    say(`| ${setting} | ${row.meetings} | ${row.whole} | ${row.schedules} | ${row.outcomes} | ${row.deadlocks} |`)
  say(`| three or four actors at random | ${random.meetings} | – | ${random.schedules} | – | ${random.deadlocks} |`)
  const all = total([...rows.values(), random])
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
  for (const { meeting, order, wrong, steps } of findings)
    say(`✘ ${wrong.join('; ')}`, `  --replay '${textOf(meeting, order)}'`, steps)
  say(
    '',
    `${all.schedules} schedules, ${all.deadlocks} deadlocks, ${findings.length} findings, seed ${seed}, ${seconds} s`,
  )
  return findings.length === 0
}

interface Row extends Record<'meetings' | 'whole' | 'schedules' | 'outcomes' | 'deadlocks', number> {}

function tally(): Row {
  return { meetings: 0, whole: 0, schedules: 0, outcomes: 0, deadlocks: 0 }
}

function add(row: Row, { schedules, outcomes, deadlocks, isWhole }: Searched): void {
  row.meetings++
  if (isWhole) row.whole++
  row.schedules += schedules
  row.outcomes += outcomes
  row.deadlocks += deadlocks
}

function total(rows: Iterable<Row>): Row {
  const sum = tally()
  for (const row of rows) for (const key of Object.keys(sum) as (keyof Row)[]) sum[key] += row[key]
  return sum
}

/** Each stage takes the next item when it has finished one. */
async function spread<T>(
  stages: readonly Stage[],
  items: readonly T[],
  work: (stage: Stage, item: T, i: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const loop = async (stage: Stage) => {
    while (next < items.length) {
      const i = next++
      await work(stage, items[i]!, i)
    }
  }
  await Promise.all(stages.map(loop))
}

function say(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}

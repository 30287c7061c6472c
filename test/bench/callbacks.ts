import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { webhookToken } from '../../src/security/webhook-token.ts'
import { testKeys } from '../support/fixtures.ts'
import { medianCosts } from './cost.ts'
import { type Costs, compareRates, type Measurement, type Size, say, single } from './measure.ts'
import { type Course, type Race, reset, withCourse } from './race.ts'
import { costsText } from './report.ts'
import { startScript } from './script.ts'
import type { Stage } from './stage.ts'

const ROUNDS = 5
const CONNECTIONS = 50
const WITHIN_S = 1
const LEAST = 0.6

/**
 * Callbacks, one and twenty in an HTTP request: until the last one is applied, against a server that only stores them. The age of
 * the oldest callback that is accepted and not applied is looked at all the time.
 */
export async function measureCallbacks(stage: Stage, size: Size): Promise<Measurement[]> {
  const options = { rows: size.count(200_000), blocked: 0, queue: size.queue }
  say(`callbacks: ${options.rows} rows`)
  return withCourse(stage, options, async (course, race) => {
    await stage.pool.query(
      `UPDATE bench_lead SET status = 'SENT', sent_at = now(), billed = true WHERE status = 'PENDING'`,
    )
    const measured: Measurement[] = []
    for (const [perRequest, share] of [
      [1, 0.2],
      [20, 1],
    ] as const)
      measured.push(...(await compared(course, race, { perRequest, share, rounds: size.rounds(ROUNDS) })))
    return measured
  })
}

interface Way {
  perRequest: number
  /** Of the leads. */
  share: number
  rounds: number
}

interface Taken {
  perSecond: number
  /** The greatest age of a callback that was not applied. */
  oldest: number
  costs: Costs
}

async function compared(course: Course, race: Race, { perRequest, share, rounds }: Way): Promise<Measurement[]> {
  const { pool, home, url } = course.stage
  const file = join(home, `leads-${perRequest}`)
  const { rows } = await pool.query<{ id: string }>(`SELECT id FROM bench_lead WHERE status = 'SENT' ORDER BY seq`)
  const ids = rows.slice(0, Math.ceil(rows.length * share)).map(({ id }) => id)
  writeFileSync(file, ids.join('\n'))
  const [camp, bare]: [Taken[], Taken[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    const load = { file, perRequest, connections: CONNECTIONS }
    await reset(course)
    const worker = course.workers[0]!
    camp.push(
      await taken(race, worker.pid, ids.length, { ...load, url: await callbackUrl(course) }, () => oldest(course)),
    )
    await assertDelivered(course, ids.length)
    await reset(course)
    const inbox = startScript('bare-inbox.ts', { url })
    try {
      bare.push(await taken(race, inbox.pid, ids.length, { ...load, url: await inbox.line() }))
    } finally {
      await inbox.stop()
    }
    const [one, other] = [camp.at(-1)!, bare.at(-1)!]
    say(`  ${round + 1}. ${perRequest} a request`)
    say(`     camp ${one.perSecond.toFixed(0)}/s, oldest ${one.oldest.toFixed(2)} s; ${costsText(one.costs)}`)
    say(`     bare ${other.perSecond.toFixed(0)}/s; ${costsText(other.costs)}`)
  }
  const side = (name: string, trials: readonly Taken[]) => ({
    name,
    values: trials.map(one => one.perSecond),
    costs: medianCosts(trials.map(one => one.costs)),
  })
  const what = `${ids.length.toLocaleString('en-US')} callbacks, ${perRequest} a request`
  return [
    compareRates(
      `${what}, until the last is applied`,
      'callbacks/s',
      side('camp', camp),
      side('bare node:http, a group commit every 5 ms, nothing applied', bare),
      LEAST,
    ),
    single(
      `${what}, the longest from acceptance to being applied`,
      's',
      camp.map(one => one.oldest),
      WITHIN_S,
    ),
  ]
}

const LOOK_MS = 50

/** @param look the age of the oldest callback that is not applied; absent: nothing is applied */
async function taken(
  race: Race,
  server: number,
  count: number,
  load: object,
  look?: () => Promise<number>,
): Promise<Taken> {
  const answers = startScript('callback-load.ts', load)
  try {
    let [seconds, oldestSeen, isAnswered] = [0, 0, false]
    const costs = await race.costs([server], count, async () => {
      const answered = answers.line().then(line => {
        seconds = Number(line)
        isAnswered = true
      })
      if (!look) return answered
      let answeredAt = 0
      for (;;) {
        const age = await look()
        oldestSeen = Math.max(oldestSeen, age)
        if (isAnswered) answeredAt ||= performance.now()
        if (isAnswered && age === 0) break
        await Promise.race([delay(LOOK_MS), ...(isAnswered ? [] : [answered])])
      }
      seconds += (performance.now() - answeredAt) / 1000
    })
    return { perSecond: count / seconds, oldest: oldestSeen, costs }
  } finally {
    await answers.stop()
  }
}

async function callbackUrl({ scene, workers }: Course): Promise<string> {
  const base = /http:\/\/[\w.:]+/.exec(workers[0]!.firstLine)![0]
  const token = webhookToken(await testKeys(), { id: scene.brokerId, webhook_version: 1 })
  return `${base}/webhooks/${scene.brokerId}/${token}`
}

async function oldest({ stage: { pool } }: Course): Promise<number> {
  const { rows } = await pool.query<{ age: number }>(
    `SELECT coalesce(extract(epoch FROM clock_timestamp() - min(received_at)), 0)::float8 AS age
     FROM "WebhookEvent" WHERE applied_at IS NULL`,
  )
  return rows[0]!.age
}

async function assertDelivered({ stage: { pool } }: Course, leads: number): Promise<void> {
  const { rows } = await pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM "CampaignLead" WHERE status = 'DELIVERED'`,
  )
  if (rows[0]!.n !== leads) throw new Error(`${rows[0]!.n} leads of ${leads} are DELIVERED`)
}

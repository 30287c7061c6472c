import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { refusalForecast, refusalForecastOf } from '../../../src/campaign/read/refusal-forecast.ts'
import { parseDocument } from '../../../src/recipient/document.ts'
import { byHand, SAO_PAULO } from '../../support/by-hand.ts'
import { useDatabase } from '../../support/database.ts'
import { booksOf, makeCampaign, makeScene, type Scene, stampApproval } from '../../support/fixtures.ts'
import { importAs } from '../../support/import-request.ts'
import { scratchFolder } from '../../support/scratch.ts'

const db = useDatabase()
const folder = scratchFolder('forecast')
let scene: Scene
beforeAll(async () => {
  scene = await makeScene(db.pool, { maxBatch: 7, month: { year: 2026, month: 11 } })
  await db.prisma.fish.create({ data: { name: 'Peixe', phone: '5511999990001' } })
})

const HOUR_MS = 3_600_000
const NOON = new Date('2026-11-24T12:00:00-03:00')
const EVENING = new Date('2026-11-24T21:00:00-03:00')
const ROUND_THE_CLOCK = { hours: { from: 0, to: 1440 }, days: 127 }

/** A public-domain generator of 32 bits. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

/** The first number from `base` on whose check digits are right. */
function documentFrom(base: string): string {
  for (let digits = 0; digits < 100; digits++) {
    const document = parseDocument(base + String(digits).padStart(2, '0')).document
    if (document?.startsWith(base)) return document
  }
  throw new Error(`${base} begins no document`)
}

const DOCUMENTS = [
  ...Array.from({ length: 14 }, (_, i) => documentFrom(`${120_000_000 + i * 7_919}`)),
  ...Array.from({ length: 3 }, (_, i) => documentFrom(`11222333000${i + 1}`)),
  ...Array.from({ length: 3 }, (_, i) => documentFrom(`12ABC34501D${i}`)),
]

let range = 100

/** Sixty people in São Paulo and Acre, who share twenty documents; some were written to within the last thirty hours. */
async function mailing(seed: number, now: Date) {
  const draw = chance(seed)
  const first = 900_000_000 + range++ * 1_000
  await db.pool.query(`TRUNCATE "Contact", "Blocklist"`)
  const people = Array.from({ length: 60 }, (_, i) => ({
    phone: `55${draw(3) === 0 ? 68 : 11}${first + i}`,
    document: draw(4) === 0 ? '' : DOCUMENTS[draw(DOCUMENTS.length)]!,
  }))
  const keys = new Set(
    people.flatMap(({ phone, document }) => [
      ...(draw(6) === 0 ? [`p:${phone}`] : []),
      ...(document !== '' && draw(12) === 0 ? [`d:${document}`] : []),
    ]),
  )
  for (const key of keys) {
    const ago = draw(30) * HOUR_MS + draw(2) * HOUR_MS * 12
    await db.pool.query(`INSERT INTO "Contact" (key, last_sent_at, lead_id) VALUES ($1, $2, gen_random_uuid())`, [
      key,
      new Date(now.getTime() - ago),
    ])
  }
  const file = join(folder, `${seed}-${range}.csv`)
  writeFileSync(file, `telefone;cpf\n${people.map(({ phone, document }) => `${phone};${document}`).join('\n')}\n`)
  return { file, people, draw }
}

/** Works until nothing is queued, whenever the next batch may go out. */
async function work(hand: ReturnType<typeof byHand>, id: string): Promise<void> {
  for (let queued = await hand.queued(id); queued.length > 0; queued = await hand.queued(id)) {
    const claims = []
    for (const batch of queued) claims.push(await hand.claim(batch))
    const waits = claims.flatMap(claim => (claim.kind === 'WAIT' ? [claim.until.getTime()] : []))
    if (waits.length === queued.length) hand.moveTo(new Date(Math.min(...waits)))
  }
}

async function costOf(id: string): Promise<string> {
  const { rows } = await db.pool.query(
    `SELECT coalesce(sum(reserved), 0)::numeric(14, 4) AS cost FROM "Batch" WHERE campaign_id = $1`,
    [id],
  )
  return rows[0].cost
}

describe('the forecast is what the claim then refuses', () => {
  it.each([
    ['at noon, round the clock', NOON, ROUND_THE_CLOCK],
    ['in the evening, for the next morning: Acre opens two hours later', EVENING, {}],
    ['at its schedule', NOON, { scheduledAt: new Date('2026-11-24T19:30:00-03:00') }],
    ['for one purpose', NOON, { ...ROUND_THE_CLOCK, purpose: 'collection' }],
    ['without a cap', NOON, { ...ROUND_THE_CLOCK, noCap: true }],
  ])('%s', async (_, now, settings) => {
    const totals = { capped: 0, same: 0, blocked: 0 }
    for (let seed = 1; seed <= 6; seed++) {
      const { file, people, draw } = await mailing(seed, now)
      const deps = { clock: { now: () => now } }
      const dry = await importAs(db, scene, { file, dryRun: true, again: true, ...settings }, deps)
      const imported = await importAs(db, scene, { file, again: true, ...settings }, deps)
      const present = { now, timezone: SAO_PAULO }
      const atImport = await refusalForecastOf(db.pool, imported.id!, present)
      expect(refusalForecast(dry.refusals!, { unit: dry.cost.unit, used: '0' })).toEqual(atImport)

      for (const { phone, document } of people.filter(() => draw(15) === 0))
        await db.pool.query(
          `INSERT INTO "Blocklist" (id, phone, cpf_cnpj, source, purpose, updated_at) VALUES (gen_random_uuid(), $1, $2, $3, $4, now())`,
          document !== '' && draw(2) === 0
            ? [null, document, `list ${phone}`, draw(2) === 0 ? 'offers' : null]
            : [phone, null, `list ${phone}`, draw(2) === 0 ? 'offers' : null],
        )
      await db.pool.query(`UPDATE "Campaign" SET status = 'APPROVED' WHERE id = $1`, [imported.id])
      await stampApproval(db.pool, imported.id!)
      const expected = await refusalForecastOf(db.pool, imported.id!, present)

      const hand = byHand(db, 'scheduledAt' in settings ? settings.scheduledAt : now)
      await runCampaign(hand.deps, imported.id!, scene.userId)
      await hand.answered(imported.id!)
      await work(hand, imported.id!)
      const books = await booksOf(db.pool, imported.id!)
      expect(expected.capped_now!.leads, `seed ${seed}`).toBe(books.errors.FREQUENCY_CAP ?? 0)
      expect(expected.blocked_now!.leads, `seed ${seed}`).toBe(books.errors.BLOCKLISTED ?? 0)
      expect(expected.expected_cost, `seed ${seed}`).toBe(await costOf(imported.id!))
      expect(await refusalForecastOf(db.pool, imported.id!, present)).toEqual({
        capped_now: null,
        blocked_now: null,
        expected_cost: null,
      })
      totals.capped += expected.capped_now!.written_to
      totals.same += expected.capped_now!.same_document
      totals.blocked += expected.blocked_now!.leads
    }
    const isCapped = !('noCap' in settings)
    expect(totals.capped > 0).toBe(isCapped)
    expect(totals.same > 0).toBe(isCapped)
    expect(totals.blocked).toBeGreaterThan(0)
  })
})

it('says when the last of them is free again, and that a day later all are', async () => {
  await db.pool.query(`TRUNCATE "Contact", "Blocklist"`)
  const id = await makeCampaign(db.pool, scene, { leads: 3, firstPhone: 950_000_000, status: 'PENDING_APPROVAL' })
  for (const [i, minutes] of [10, 50].entries())
    await db.pool.query(`INSERT INTO "Contact" (key, last_sent_at, lead_id) VALUES ($1, $2, gen_random_uuid())`, [
      `p:551195000000${i}`,
      new Date(NOON.getTime() - minutes * 60_000),
    ])
  const at = (ms: number) => refusalForecastOf(db.pool, id, { now: new Date(NOON.getTime() + ms), timezone: SAO_PAULO })
  const day = 24 * HOUR_MS
  expect(await at(0)).toMatchObject({
    capped_now: { leads: 2, until: new Date(NOON.getTime() + day - 10 * 60_000).toISOString() },
    expected_cost: '0.0450',
  })
  expect(await at(day - 50 * 60_000)).toMatchObject({ capped_now: { leads: 1 } })
  expect(await at(day - 10 * 60_000 - 1)).toMatchObject({ capped_now: { leads: 1 } })
  expect(await at(day - 10 * 60_000)).toMatchObject({ capped_now: { leads: 0, until: null } })
})

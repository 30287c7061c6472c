import { runCampaign } from '../../src/campaign/actions/start.ts'
import type { MoveDeps } from '../../src/campaign/deps.ts'
import { systemClock } from '../../src/clock.ts'
import type { Queues } from '../../src/queue/queues.ts'
import { makeCampaign, makeScene, type Scene, twilioCredential } from '../support/fixtures.ts'
import type { Seen, Stop } from './books.ts'
import type { Stage } from './stage.ts'

export interface Show {
  campaigns: { id: string; scene: Scene }[]
  /** The one that is cancelled on its way. */
  unwanted: { id: string; scene: Scene }
  poor: Scene
  deps: MoveDeps & { queues: Queues }
  seen: Seen
  /** Pauses that were acknowledged. */
  stops: Stop[]
}

/** What goes wrong all the time: refused leads, and callbacks that come twice, backwards, early, or for unknown messages. */
export const PEACE = {
  latency_ms: [5, 60],
  refused: 0.01,
  faults: {},
  retry_after_s: null,
  callbacks: { delivered: 0.9, failed: 0.03, read: 0.6, duplicated: 0.1, reordered: 0.1, early: 0.1, unknown: 0.05 },
}

/**
 * Seven wallets: one paced, whose two campaigns share a third of their people; one whose broker bills deliveries; one whose
 * budget pays for half of its campaign; one whose campaign is cancelled, slow enough not to end before; three at one-message
 * brokers with a rate.
 * @param ms how long the trouble is to last: there is work for all of it
 */
export async function startCampaigns(stage: Stage, queues: Queues, ms: number): Promise<Show> {
  const { pool, sandboxUrl: url } = stage
  const n = Math.round((ms / 1000) * 40)
  const paced = await makeScene(pool, { url, rate: 30, maxBatch: 5 })
  const billed = await makeScene(pool, { url, maxBatch: 4 })
  await pool.query(`UPDATE "Broker" SET billing = 'DELIVERED' WHERE id = $1`, [billed.brokerId])
  const poor = await makeScene(pool, { url, maxBatch: 3, budget: (n * 0.0225).toFixed(2) })
  const slow = await makeScene(pool, { url, rate: 10, maxBatch: 4 })
  // One message a request, several of them in a claim: what a frozen worker had claimed waits for its moment.
  const credential = twilioCredential(url)
  const singles = [4, 5, 6].map(async (rate, i) => {
    const scene = await makeScene(pool, { url, adapter: 'TWILIO', credential, rate })
    const leads = Math.round((ms / 1000) * rate)
    return { scene, id: await makeCampaign(pool, scene, { leads, firstPhone: 950_000_000 + i * 1_000_000 }) }
  })
  const unwanted = { scene: slow, id: await makeCampaign(pool, slow, { leads: 2 * n, firstPhone: 940_000_000 }) }
  const campaigns = [
    unwanted,
    { scene: paced, id: await makeCampaign(pool, paced, { leads: n, firstPhone: 910_000_000 }) },
    { scene: paced, id: await makeCampaign(pool, paced, { leads: n, firstPhone: 910_000_000 + Math.round(n * 0.7) }) },
    { scene: billed, id: await makeCampaign(pool, billed, { leads: 2 * n, firstPhone: 920_000_000 }) },
    { scene: poor, id: await makeCampaign(pool, poor, { leads: n, firstPhone: 930_000_000 }) },
    ...(await Promise.all(singles)),
  ]
  // Each turns its batch into a 400, which is halved until it alone is refused.
  await stage.control({ poison: [0, 1, 2, 3, 4].map(i => `5511${920_000_000 + Math.round((i + 0.5) * n * 0.3)}`) })
  const deps = { pool, queues, clock: systemClock }
  for (const { id, scene } of campaigns) await runCampaign(deps, id, scene.userId)
  return { campaigns, unwanted, poor, deps, seen: new Map(), stops: [] }
}

import { readFileSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { runCampaign } from '../../../src/campaign/actions/start.ts'
import { systemMonotonic } from '../../../src/clock.ts'
import { openMetrics } from '../../../src/worker/metrics.ts'
import { openMetricsServer } from '../../../src/worker/metrics-server.ts'
import { useDatabase } from '../../support/database.ts'
import { dispatchOn, openSandbox } from '../../support/dispatch.ts'
import { makeCampaign, makeScene } from '../../support/fixtures.ts'
import { testLog } from '../../support/log.ts'
import { startTestWorker } from '../../support/worker.ts'

const db = useDatabase()
const { status, workers } = dispatchOn(db)

const PAGE = readFileSync('docs/metrics.md', 'utf8')
const documented = [...PAGE.matchAll(/^\| `(\w+)` \| (counter|gauge) \|(.*?)\| /gm)].map(([, name, type, labels]) => ({
  name: name!,
  type: type!,
  labels: [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label!),
}))

it('counts what was settled, shows what the database has, and names no campaign and no phone', async () => {
  const sandbox = await openSandbox()
  const scene = await makeScene(db.pool, { url: sandbox.url, maxBatch: 5 })
  const campaign = await makeCampaign(db.pool, scene, { leads: 12 })
  await makeCampaign(db.pool, scene, { leads: 1, status: 'PAUSED' })
  let queries = 0
  const pool: typeof db.pool = Object.create(db.pool, {
    query: {
      value: (...words: [string]) => {
        queries++
        return db.pool.query(...words)
      },
    },
  })
  const metrics = openMetrics({ pool, monotonic: systemMonotonic, timezone: 'America/Sao_Paulo' })
  onTestFinished(() => metrics.close())
  const server = await openMetricsServer({ host: '127.0.0.1', port: 0 }, metrics, testLog())
  onTestFinished(() => server.close())
  // A worker counts as alive for three of its rounds: long ones, for a loaded machine.
  const env = { CAMP_SWEEP_MS: '60000' }
  const worker = await startTestWorker({ databaseUrl: db.url, log: metrics.counting(testLog()), env })
  onTestFinished(() => worker.stop())
  await runCampaign(await workers({ count: 0 }), campaign, scene.userId)
  await status(campaign, 'FINISHED')

  const answer = await fetch(server.url)
  const text = await answer.text()
  expect(answer.headers.get('content-type')).toContain('text/plain')
  expect(text).toMatch(/^camp_messages_total\{broker="[^"]+",outcome="accepted"\} 12$/m)
  expect(text).toMatch(/^camp_log_events_total\{event="worker.started",level="info"\} 1$/m)
  expect(text).toMatch(/^camp_campaigns\{status="PAUSED"\} 1$/m)
  expect(text).toMatch(/^camp_campaigns\{status="FAILED"\} 0$/m)
  expect(text).toMatch(/^camp_workers 1$/m)
  expect(text).toMatch(/^camp_held 0$/m)
  expect(text).toMatch(/^camp_budget_used_ratio\{wallet="[^"]+"\} [\d.e-]+$/m)
  expect(text).not.toMatch(new RegExp(`${campaign}|55119|T\\d{6}-`))
  const asked = queries
  expect((await fetch(server.url)).status).toBe(200)
  expect(queries).toBe(asked)
  expect((await fetch(server.url.replace('/metrics', '/'))).status).toBe(404)

  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => `${name} ${type}`)
  expect(types.sort()).toEqual(documented.map(({ name, type }) => `${name} ${type}`).sort())
  for (const [, name, labels] of text.matchAll(/^(\w+)\{(.*?)\} /gm)) {
    const known = documented.find(one => one.name === name)!.labels
    expect([...labels!.matchAll(/(\w+)=/g)].map(([, label]) => label)).toEqual(known)
  }
})

it('the dashboard for Grafana asks only for documented metrics and labels', () => {
  const dashboard = JSON.parse(readFileSync('docs/grafana/camp.json', 'utf8'))
  const queries: string[] = dashboard.panels.flatMap((panel: { targets: { expr: string }[] }) =>
    panel.targets.map(({ expr }) => expr),
  )
  expect(queries.length).toBeGreaterThan(10)
  const names = new Set(queries.flatMap(query => query.match(/\b(?:camp|process|nodejs)_\w+/g) ?? []))
  expect([...names].sort()).toEqual(documented.map(({ name }) => name).sort())
  for (const query of queries) {
    const { labels } = documented.find(({ name }) => query.includes(name))!
    const used = [...query.matchAll(/by \(([^)]*)\)|(\w+)=~?"/g)].flatMap(
      ([, by, label]) => by?.split(', ') ?? [label!],
    )
    expect(labels, query).toEqual(expect.arrayContaining(used))
  }
})

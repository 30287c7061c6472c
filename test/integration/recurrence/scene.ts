import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { adapterOf } from '../../../src/broker/registry.ts'
import type { ImportRequest } from '../../../src/intake/request.ts'
import { type OpenedOccurrence, openDueOccurrences } from '../../../src/recurrence/open-due.ts'
import { addRecurrence, findRecurrence } from '../../../src/recurrence/recurrence.ts'
import { giveStandingApproval } from '../../../src/recurrence/standing-approval.ts'
import type { TestDatabase } from '../../support/database.ts'
import { makeScene, type SceneOptions } from '../../support/fixtures.ts'
import { importRequest } from '../../support/import-request.ts'
import { scratchFolder } from '../../support/scratch.ts'

/** A recurrence of every weekday at nine in São Paulo, made on Tuesday at a minute to, on a clock that the test moves. */
export async function makeRecurrence(
  db: TestDatabase,
  { cron = '0 9 * * 1-5', settings = {}, scene: sceneOptions = {} as SceneOptions } = {} as {
    cron?: string
    settings?: Partial<ImportRequest>
    scene?: SceneOptions
  },
) {
  const scene = await makeScene(db.pool, { month: { year: 2026, month: 11 }, ...sceneOptions })
  const folder = scratchFolder('inbox')
  let now = new Date('2026-11-24T08:59:00-03:00')
  const clock = { now: () => now }
  const request = {
    ...importRequest(scene),
    adapter: await adapterOf('SANDBOX'),
    file: `${folder}/*.csv`,
    ...settings,
  }
  const id = await addRecurrence(db.pool, request, { source: { folder, pattern: '*.csv' }, cron, now })
  let phone = 11_900_000_000 + Math.floor(Math.random() * 50_000_000)
  return {
    id,
    scene,
    folder,
    clock,
    moveTo(moment: string): void {
      now = new Date(moment)
    },
    /** A file of so many new people, last written to a minute ago. */
    drop(name: string, rows: number, text?: string | Buffer): string {
      const path = join(folder, name)
      writeFileSync(path, text ?? `telefone\n${Array.from({ length: rows }, () => `${phone++}\n`).join('')}`)
      const at = now.getTime() / 1000 - 60
      utimesSync(path, at, at)
      return path
    },
    /** What became of this recurrence's occurrences. */
    async fire(options: { quietMs?: number; signal?: AbortSignal } = {}): Promise<OpenedOccurrence[]> {
      const signal = options.signal ?? new AbortController().signal
      const { handle } = await this.read()
      const fired = await openDueOccurrences({ pool: db.pool, prisma: db.prisma, clock, ...options, signal })
      return fired.filter(one => one.recurrence === handle)
    },
    read: () => findRecurrence(db.pool, id),
    async standing(ceiling: string, until: string | null = null): Promise<string> {
      const { userId } = await makeScene(db.pool)
      const order = { approverId: userId, ceiling, until, now }
      await giveStandingApproval(db.pool, await findRecurrence(db.pool, id), order)
      return userId
    },
    async campaigns() {
      const { rows } = await db.pool.query(
        `SELECT c.id, c.status, c.rows, c.source_file, c.scheduled_at, c.failure_reason, c.approved_by, c.user_id
         FROM "Occurrence" o JOIN "Campaign" c ON c.id = o.campaign_id WHERE o.recurrence_id = $1 ORDER BY o.at`,
        [id],
      )
      return rows
    },
    async occurrences() {
      const { rows } = await db.pool.query(
        `SELECT at, status, reason, file FROM "Occurrence" WHERE recurrence_id = $1 ORDER BY at`,
        [id],
      )
      return rows
    },
  }
}

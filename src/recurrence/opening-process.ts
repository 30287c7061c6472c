import { hostname } from 'node:os'
import { sentenceOf } from '../database/faults.ts'
import { openPool } from '../database/pool.ts'
import { openPrisma } from '../database/prisma.ts'
import { openDueOccurrences } from './open-due.ts'
import type { Order, Told } from './open-due-apart.ts'

/** The process that `openDueApart` starts: one order, one answer. */

// Its worker ends it; a terminal's signals reach both.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
const LEAVE_MS = 10_000
const stopping = new AbortController()
// The worker has ended or asks it to stop.
process.once('disconnect', () => {
  stopping.abort()
  // Ends it when the worker is gone and the database does not answer.
  setTimeout(() => process.exit(130), LEAVE_MS).unref()
})
process.once('message', order => {
  void fire(order as Order).then(tell)
})

async function fire({ databaseUrl, aheadMs }: Order): Promise<Told> {
  const pool = openPool(databaseUrl, { max: 5, name: `camp-import ${hostname()}:${process.pid}`, worker: true })
  const prisma = openPrisma(pool)
  const clock = { now: () => new Date(Date.now() + aheadMs) }
  try {
    return { fired: await openDueOccurrences({ pool, prisma, clock, signal: stopping.signal }) }
  } catch (error) {
    return { failed: sentenceOf(error) }
  } finally {
    await prisma.$disconnect()
    await pool.end()
  }
}

function tell(told: Told): void {
  if (process.connected) process.send?.(told, () => process.disconnect())
}

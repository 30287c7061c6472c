import type pg from 'pg'
import { type Tx, transaction } from '../../src/database/pool.ts'

/** A transaction that is open until the test says so. */
export interface OpenTransaction {
  tx: Tx
  commit: () => Promise<void>
  rollback: () => Promise<void>
}

export async function openTransaction(pool: pg.Pool): Promise<OpenTransaction> {
  let begun!: (tx: Tx) => void
  let end!: () => void
  let giveUp!: (error: Error) => void
  const opened = new Promise<Tx>(resolve => {
    begun = resolve
  })
  const ended = new Promise<void>((resolve, reject) => {
    end = resolve
    giveUp = reject
  })
  const running = transaction(pool, tx => {
    begun(tx)
    return ended
  })
  running.catch(() => undefined) // its error is the one that ends it, below
  const tx = await Promise.race([opened, running.then(() => opened)])
  const undo = new Error('rolled back by the test')
  return {
    tx,
    commit: async () => {
      end()
      await running
    },
    rollback: async () => {
      giveUp(undo)
      await running.catch((error: unknown) => {
        if (error !== undo) throw error
      })
    },
  }
}

/** Runs `work` in a transaction that is rolled back: what one test breaks is whole again for the next. */
export async function undone<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { tx, rollback } = await openTransaction(pool)
  try {
    return await work(tx)
  } finally {
    await rollback()
  }
}

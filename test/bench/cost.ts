import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type pg from 'pg'
import { livingPostmaster } from '../../src/database/embedded/postmaster.ts'
import { type Costs, median } from './measure.ts'

/** The processes whose processor time is counted. */
export interface Counted {
  pool: pg.Pool
  /** The pid file of the embedded PostgreSQL. */
  pidFile: string
  workers: readonly number[]
  sandbox: number
  queue: number | undefined
}

interface Reading {
  worker: number
  postgres: number
  queue: number
  sandbox: number
  wal: number
}

const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/**
 * Measures what `work` costs beside its time. This process counts as a worker: it plans for camp, and is the loop itself.
 * @returns what it costs for 1,000 leads, the WAL for one
 */
export async function costsOf(counted: Counted, leads: number, work: () => Promise<void>): Promise<Costs> {
  const before = await read(counted)
  await work()
  const after = await read(counted)
  const perThousand = (name: keyof Reading) => ((after[name] - before[name]) * 1000) / leads
  return {
    worker: perThousand('worker'),
    postgres: perThousand('postgres'),
    queue: counted.queue === undefined ? null : perThousand('queue'),
    sandbox: perThousand('sandbox'),
    wal: perThousand('wal') / 1000,
  }
}

export function medianCosts(rounds: readonly Costs[]): Costs {
  const of = (name: 'worker' | 'postgres' | 'sandbox' | 'wal') => median(rounds.map(one => one[name]))
  const queues = rounds.flatMap(({ queue }) => queue ?? [])
  return {
    worker: of('worker'),
    postgres: of('postgres'),
    queue: queues.length > 0 ? median(queues) : null,
    sandbox: of('sandbox'),
    wal: of('wal'),
  }
}

async function read({ pool, pidFile, workers, sandbox, queue }: Counted): Promise<Reading> {
  const { rows } = await pool.query<{ wal: string }>(`SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS wal`)
  const own = process.cpuUsage()
  return {
    worker: (own.user + own.system) / 1e6 + sum(workers.map(cpuOf)),
    postgres: cpuOfTree(livingPostmaster(pidFile)!.pid),
    queue: queue === undefined ? 0 : cpuOf(queue),
    sandbox: cpuOf(sandbox),
    wal: Number(rows[0]!.wal),
  }
}

/** CPU seconds of a process, its children apart. */
function cpuOf(pid: number): number {
  const { own } = statOf(pid)!
  return own
}

/** Of a postmaster: its own, those of its living backends, and those of the backends that have ended. */
function cpuOfTree(postmaster: number): number {
  const { own, ended } = statOf(postmaster)!
  const living = readdirSync('/proc').flatMap(name => {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined
    return stat?.parent === postmaster ? stat.own : []
  })
  return own + ended + sum(living)
}

/** @returns undefined when it has ended */
function statOf(pid: number): { parent: number; own: number; ended: number } | undefined {
  try {
    // The name, in parentheses, may contain spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .map(Number)
    const seconds = (first: number) => (fields[first]! + fields[first + 1]!) / TICKS
    return { parent: fields[1]!, own: seconds(11), ended: seconds(13) }
  } catch {
    return undefined
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

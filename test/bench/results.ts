import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Measurement } from './measure.ts'

/** One run of one part, as it is kept. */
export interface Result {
  part: string
  /** ISO time at which it ended. */
  at: string
  /** The source that was measured. */
  commit: string
  machine: { cpu: string; cores: number; memoryGb: number; node: string; postgres: string; load: number }
  /** 1: the size of the table in docs/performance.md. */
  size: number
  queue: string
  measurements: readonly Measurement[]
}

const FOLDER = fileURLToPath(new URL('results/', import.meta.url))

/** Replaces the part's earlier result. */
export function keep(result: Omit<Result, 'at' | 'commit' | 'machine'>, postgres: string): void {
  const [first] = cpus()
  const kept: Result = {
    ...result,
    at: new Date().toISOString(),
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    machine: {
      cpu: first!.model.trim(),
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      postgres,
      load: Math.round(loadavg()[2]! * 10) / 10,
    },
  }
  mkdirSync(FOLDER, { recursive: true })
  // Six digits: more would be noise.
  const text = JSON.stringify(kept, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(6)) : value), 2)
  writeFileSync(`${FOLDER}${result.part}.json`, `${text}\n`)
}

/** @param parts their order */
export function keptResults(parts: readonly string[]): Result[] {
  const names = new Set(readdirSync(FOLDER))
  return parts
    .filter(part => names.has(`${part}.json`))
    .map(part => JSON.parse(readFileSync(`${FOLDER}${part}.json`, 'utf8')) as Result)
}

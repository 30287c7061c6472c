import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { cpuChart, ratioChart } from './charts.ts'
import { reportOf } from './report.ts'
import type { Result } from './results.ts'

const PAGE = fileURLToPath(new URL('../../docs/performance.md', import.meta.url))
const CHARTS = fileURLToPath(new URL('../../docs/charts/', import.meta.url))
const BETWEEN = /(?<=<!-- bench -->\n)[\s\S]*?(?=<!-- \/bench -->)/

/** Writes the generated part of docs/performance.md and its charts. */
export function writeDocuments(results: readonly Result[]): void {
  for (const [path, text] of documentsOf(results)) {
    mkdirSync(CHARTS, { recursive: true })
    writeFileSync(path, text)
  }
}

/** Each document's path and the text that these results make. */
export function documentsOf(results: readonly Result[]): [string, string][] {
  const page = readFileSync(PAGE, 'utf8').replace(BETWEEN, () => `${reportOf(results)}\n`)
  return [
    [PAGE, page],
    [`${CHARTS}ratios.svg`, ratioChart(results)],
    [`${CHARTS}cpu.svg`, cpuChart(results)],
  ]
}

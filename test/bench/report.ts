import type { Costs, Measurement, Side, Unit } from './measure.ts'
import { spreadOf } from './measure.ts'
import type { Result } from './results.ts'

/** A side's median with its least and greatest round. */
export function figureOf({ values }: Side, unit: Unit): string {
  const { median, min, max } = spreadOf(values)
  const spread = values.length > 1 ? ` (${numberText(min)}–${numberText(max)})` : ''
  return `${numberText(median)}${spread} ${unit}`
}

export function ratioText({ ratio }: Measurement): string {
  if (!ratio) return ''
  const { median, min, max } = ratio
  return min === max ? numberText(median) : `${numberText(median)} (${numberText(min)}–${numberText(max)})`
}

/** Three digits that count. */
function numberText(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** For 1,000 leads, and the WAL of one. */
export function costsText({ worker, postgres, queue, sandbox, wal }: Costs): string {
  const figures = { worker, PostgreSQL: postgres, ...(queue !== null && { queue }), sandbox }
  const cpu = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(3)}`)
  return `CPU s per 1,000 leads: ${cpu.join(', ')}; WAL ${wal.toFixed(0)} B a lead`
}

/** The part of docs/performance.md that a run writes: every row, and what it costs. */
export function reportOf(results: readonly Result[]): string {
  const rows = results.flatMap(result => result.measurements)
  return [
    'Medians of the rounds, with the least and the greatest round in parentheses. A ratio is the median of the rounds’ own ratios.',
    '',
    '| measure | camp | against | ratio | goal | |',
    '|---|---|---|---|---|---|',
    ...rows.map(rowOf),
    '',
    '![camp’s share of what it is held against, with the goal](charts/ratios.svg)',
    '',
    'CPU seconds per 1,000 leads (or callbacks) of each process, and bytes of WAL for one, the full pages after a checkpoint included:',
    '',
    '| who | sender | PostgreSQL | queue | sandbox | WAL bytes |',
    '|---|---|---|---|---|---|',
    ...costRowsOf(rows),
    '',
    '![CPU seconds per 1,000 leads](charts/cpu.svg)',
    '',
    ...results.map(machineOf),
  ].join('\n')
}

function rowOf(one: Measurement): string {
  const [camp, other] = one.sides
  const against = other ? `${other.name}: ${figureOf(other, one.unit)}` : ''
  const verdict = one.goal ? (one.goal.met ? 'met' : '**not met**') : ''
  return `| ${one.what} | ${figureOf(camp, one.unit)} | ${against} | ${ratioText(one)} | ${one.goal?.text ?? ''} | ${verdict} |`
}

/** Each side with its costs once: camp stands in several rows of the same rounds. */
function costRowsOf(rows: readonly Measurement[]): string[] {
  const lines = rows.flatMap(({ what, sides }) =>
    sides.flatMap(({ name, costs }) => {
      if (!costs) return []
      const { worker, postgres, queue, sandbox, wal } = costs
      const cpu = [worker, postgres, queue, sandbox].map(value => (value === null ? '–' : value.toFixed(3)))
      return [`| ${what}: ${name} | ${cpu.join(' | ')} | ${Math.round(wal).toLocaleString('en-US')} |`]
    }),
  )
  return [...new Set(lines)]
}

function machineOf({ part, at, commit, machine, size, queue }: Result): string {
  const { cpu, cores, memoryGb, node, postgres, load } = machine
  const share = size === 1 ? '' : `, at ${size} of its size`
  const when = `${at.slice(0, 16).replace('T', ' ')} UTC, ${commit}${share}`
  const where = `${cores} cores (${cpu}), ${memoryGb} GB, Node ${node}, PostgreSQL ${postgres}, queue on ${queue}, load ${load}`
  return `- \`${part}\`: ${when}; ${where}`
}

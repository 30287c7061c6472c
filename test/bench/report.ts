import { type Costs, type Measurement, type Side, spreadOf, type Unit } from './measure.ts'

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

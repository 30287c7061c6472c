import type { Measurement } from './measure.ts'
import type { Result } from './results.ts'

const WIDTH = 900
const LABEL = 430
const BAR = 18
const GAP = 8
const TEXT = 'font-family="sans-serif" font-size="12"'
const COLOURS = {
  camp: '#2f6f9f',
  goal: '#b03a2e',
  worker: '#2f6f9f',
  postgres: '#7a9e3f',
  queue: '#c08a2b',
  sandbox: '#999999',
}

/** camp's share of what it is held against, with a line at the goal: rows whose unit is a rate. */
export function ratioChart(results: readonly Result[]): string {
  const rows = results.flatMap(({ measurements }) => measurements.filter(one => one.ratio && one.unit.endsWith('/s')))
  const shown = rows.filter(({ ratio }) => ratio!.median <= 2)
  const most = Math.max(1, ...shown.map(({ ratio, goal }) => Math.max(ratio!.max, leastOf(goal?.text))))
  const scale = (WIDTH - LABEL - 60) / most
  const bars = shown.map((row, i) => {
    const { median, min, max } = row.ratio!
    const [y, middle] = [GAP + i * (BAR + GAP), GAP + i * (BAR + GAP) + BAR / 2]
    const goal = leastOf(row.goal?.text)
    return [
      label(labelOf(row), y),
      rect(LABEL, y, median * scale, COLOURS.camp),
      line(LABEL + min * scale, middle, LABEL + max * scale, middle, '#000000'),
      goal > 0 ? line(LABEL + goal * scale, y - 3, LABEL + goal * scale, y + BAR + 3, COLOURS.goal) : '',
      text(LABEL + Math.max(max, goal) * scale + 6, y + 13, median.toFixed(2)),
    ].join('\n')
  })
  return svg(bars, 'camp’s share of what it is held against; the line is the goal')
}

/** CPU seconds per 1,000 leads, stacked by process. */
export function cpuChart(results: readonly Result[]): string {
  const sides = results.flatMap(({ measurements }) =>
    measurements.flatMap(({ what, sides }) => sides.map(({ name, costs }) => ({ name: `${what}: ${name}`, costs }))),
  )
  const costed = new Map(sides.flatMap(({ name, costs }) => (costs ? [[name, costs] as const] : [])))
  const totals = [...costed.values()].map(
    ({ worker, postgres, queue, sandbox }) => worker + postgres + (queue ?? 0) + sandbox,
  )
  const scale = (WIDTH - LABEL - 60) / Math.max(...totals, Number.MIN_VALUE)
  const bars = [...costed].map(([name, costs], i) => {
    const y = GAP + i * (BAR + GAP)
    let x = LABEL
    const parts = (['worker', 'postgres', 'queue', 'sandbox'] as const).map(process => {
      const width = (costs[process] ?? 0) * scale
      x += width
      return rect(x - width, y, width, COLOURS[process])
    })
    return [label(name, y), ...parts, text(x + 6, y + 13, totals[i]!.toFixed(2))].join('\n')
  })
  return svg(bars, 'CPU seconds per 1,000 leads: sender (blue), PostgreSQL (green), queue (orange), sandbox (grey)')
}

function leastOf(goal: string | undefined): number {
  return Number(/^≥ ([\d.]+) ×$/.exec(goal ?? '')?.[1] ?? 0)
}

function labelOf({ what, sides }: Measurement): string {
  return `${what} / ${sides[1]?.name}`
}

const MOST_LETTERS = 68

function label(name: string, y: number): string {
  const short = name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1)}…` : name
  return `<text x="${LABEL - 8}" y="${y + 13}" text-anchor="end" ${TEXT}><title>${escaped(name)}</title>${escaped(short)}</text>`
}

function text(x: number, y: number, value: string): string {
  return `<text x="${x.toFixed(1)}" y="${y}" ${TEXT}>${escaped(value)}</text>`
}

function rect(x: number, y: number, width: number, fill: string): string {
  return `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${fill}"/>`
}

function line(x1: number, y1: number, x2: number, y2: number, stroke: string): string {
  const [from, to] = [x1.toFixed(1), x2.toFixed(1)]
  return `<line x1="${from}" y1="${y1}" x2="${to}" y2="${y2}" stroke="${stroke}" stroke-width="2"/>`
}

function svg(bars: readonly string[], title: string): string {
  const height = GAP + bars.length * (BAR + GAP) + 22
  const caption = `<text x="${LABEL}" y="${height - 6}" ${TEXT} fill="#555555">${escaped(title)}</text>`
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">`
  return [
    open,
    `<title>${escaped(title)}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...bars,
    caption,
    '</svg>',
    '',
  ].join('\n')
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

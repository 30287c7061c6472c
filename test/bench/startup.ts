import { spawnSync } from 'node:child_process'
import { CAMP } from '../../src/cli/commands/demo/program.ts'
import { type Measurement, median, say } from './measure.ts'

const RUNS = 11
const MOST = 2.5

/** `camp --help` against a Node that does nothing, in turns. */
export async function measureStartup(): Promise<Measurement[]> {
  say(`start-up: ${RUNS} times each`)
  const [camp, node]: [number[], number[]] = [[], []]
  for (let run = 0; run < RUNS; run++) {
    node.push(milliseconds(['-e', '0']))
    camp.push(milliseconds([CAMP, '--help']))
  }
  const ratio = median(camp) / median(node)
  return [
    {
      what: 'start-up: camp --help',
      figure: `${median(camp).toFixed(0)} ms`,
      against: `node -e 0 ${median(node).toFixed(0)} ms`,
      ratio,
      bar: { text: `<= ${MOST}`, holds: ratio <= MOST },
    },
  ]
}

function milliseconds(argv: readonly string[]): number {
  const from = performance.now()
  const { status } = spawnSync(process.execPath, argv, { stdio: 'ignore' })
  if (status !== 0) throw new Error(`node ${argv.join(' ')} ended with ${status}`)
  return performance.now() - from
}

import { spawnSync } from 'node:child_process'
import { CAMP } from '../../src/cli/commands/demo/program.ts'
import { type Measurement, median, say } from './measure.ts'

const RUNS = 11
const MOST = 2.5
/** Portuguese against English: the catalogue is one file (decision 68). */
const MOST_IN_PORTUGUESE = 1.1

/** `camp --help` against a Node that does nothing, and in Portuguese against English, in turns. */
export async function measureStartup(): Promise<Measurement[]> {
  say(`start-up: ${RUNS} times each`)
  const [camp, node, portuguese]: [number[], number[], number[]] = [[], [], []]
  for (let run = 0; run < RUNS; run++) {
    node.push(milliseconds(['-e', '0']))
    camp.push(milliseconds([CAMP, '--help'], 'en'))
    portuguese.push(milliseconds([CAMP, '--help'], 'pt-BR'))
  }
  const ratio = median(camp) / median(node)
  const ratioInPortuguese = median(portuguese) / median(camp)
  return [
    {
      what: 'start-up: camp --help',
      figure: `${median(camp).toFixed(0)} ms`,
      against: `node -e 0 ${median(node).toFixed(0)} ms`,
      ratio,
      bar: { text: `<= ${MOST}`, holds: ratio <= MOST },
    },
    {
      what: 'start-up: camp --help in Portuguese',
      figure: `${median(portuguese).toFixed(0)} ms`,
      against: `in English ${median(camp).toFixed(0)} ms`,
      ratio: ratioInPortuguese,
      bar: { text: `<= ${MOST_IN_PORTUGUESE}`, holds: ratioInPortuguese <= MOST_IN_PORTUGUESE },
    },
  ]
}

function milliseconds(argv: readonly string[], language = 'en'): number {
  const from = performance.now()
  const { status } = spawnSync(process.execPath, argv, {
    stdio: 'ignore',
    env: { ...process.env, CAMP_LANG: language },
  })
  if (status !== 0) throw new Error(`node ${argv.join(' ')} ended with ${status}`)
  return performance.now() - from
}

import { parseArgs } from 'node:util'
import { plainText } from '../../src/cli/blocks.ts'
import { table } from '../../src/cli/table.ts'
import { measureCallbacks } from './callbacks.ts'
import { measureCda, measureDispatch, measureGosac, measureTwilio } from './dispatch.ts'
import { writeDocuments } from './documents.ts'
import { measureExport } from './export.ts'
import { measureFirstMessage } from './first-message.ts'
import { measureImport } from './import.ts'
import { measureLegacy } from './legacy.ts'
import { type Measurement, passes, type Size } from './measure.ts'
import { measureMemory } from './memory.ts'
import { isPart, PARTS, type Part } from './parts.ts'
import { measurePeers } from './peers.ts'
import { figureOf, ratioText } from './report.ts'
import { keep, keptResults } from './results.ts'
import { measureScale, measureStart } from './scale.ts'
import { openStage, type Stage } from './stage.ts'
import { measureStartup } from './startup.ts'
import { measureSync } from './sync.ts'

/**
 * What camp costs over the least that the same work could cost, measured side by side in one run, on a PostgreSQL, a Redis and a
 * sandbox of its own. Ends with 1 where a goal is missed.
 *
 *   npm run bench [-- PART …] [--size 0.05] [--rounds 1] [--queue postgres] [--save] [--report]
 *
 * `--size` is the share of the rows and leads of a full run. `--save` keeps each part's result under test/bench/results, and writes
 * docs/performance.md and its charts from all that are kept; `--report` only writes those.
 */
const MEASURE: Record<Part, (stage: Stage, size: Size) => Promise<Measurement[]>> = {
  startup: measureStartup,
  import: measureImport,
  dispatch: measureDispatch,
  gosac: measureGosac,
  cda: measureCda,
  callbacks: measureCallbacks,
  twilio: measureTwilio,
  peers: measurePeers,
  start: measureStart,
  scale: measureScale,
  sync: measureSync,
  memory: measureMemory,
  export: measureExport,
  legacy: measureLegacy,
  'first-message': () => measureFirstMessage(),
}

process.exitCode = await bench()

async function bench(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      size: { type: 'string', default: '1' },
      rounds: { type: 'string' },
      queue: { type: 'string', default: 'redis' },
      save: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
    },
  })
  if (values.report) {
    writeDocuments(keptResults(PARTS))
    return 0
  }
  const size: Size = {
    count: full => Math.ceil(full * Number(values.size)),
    rounds: full => Number(values.rounds ?? full),
    queue: values.queue === 'postgres' ? 'postgres' : 'redis',
  }
  const unknown = positionals.find(name => !isPart(name))
  if (unknown !== undefined) throw new Error(`no part "${unknown}": ${PARTS.join(', ')}`)
  const measured: Measurement[] = []
  for (const name of positionals.length > 0 ? positionals.filter(isPart) : PARTS) {
    // A stage for each part: none of them finds what another has left.
    const stage = await openStage()
    try {
      const measurements = await MEASURE[name](stage, size)
      measured.push(...measurements)
      if (values.save) {
        keep({ part: name, size: Number(values.size), queue: size.queue, measurements }, await versionOf(stage))
        writeDocuments(keptResults(PARTS))
      }
    } finally {
      await stage.close()
    }
  }
  process.stdout.write(`\n${shown(measured)}\n`)
  return measured.every(passes) ? 0 : 1
}

async function versionOf({ pool }: Stage): Promise<string> {
  const { rows } = await pool.query<{ server_version: string }>('SHOW server_version')
  return rows[0]!.server_version
}

function shown(measured: readonly Measurement[]): string {
  return plainText(
    table(measured, [
      { title: 'what', value: one => one.what },
      { title: 'camp', value: one => figureOf(one.sides[0], one.unit), align: 'right' },
      {
        title: 'against',
        value: one => (one.sides[1] ? `${one.sides[1].name}: ${figureOf(one.sides[1], one.unit)}` : ''),
      },
      { title: 'ratio', value: ratioText },
      { title: 'goal', value: one => one.goal?.text ?? '' },
      { title: '', value: one => (one.goal ? (passes(one) ? 'met' : 'MISSED') : '') },
    ]),
  )
}

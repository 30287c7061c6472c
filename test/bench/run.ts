import { parseArgs } from 'node:util'
import { plainText } from '../../src/cli/blocks.ts'
import { table } from '../../src/cli/table.ts'
import { measureDispatch } from './dispatch.ts'
import { measureExport } from './export.ts'
import { measureFirstMessage } from './first-message.ts'
import { measureImport } from './import.ts'
import { measureLegacy } from './legacy.ts'
import { type Measurement, passes } from './measure.ts'
import { measureMemory } from './memory.ts'
import { openStage, type Stage } from './stage.ts'
import { measureStartup } from './startup.ts'

/**
 * What camp costs over the least that the same work could cost, measured side by side in one run, on a PostgreSQL of its own with
 * the settings that camp gives it. Ends with 1 where a bar is missed.
 *
 *   npm run bench [-- startup first-message import dispatch export memory legacy]
 *     [--rows 200000] [--leads 100000] [--memory-rows 1000000] [--memory]
 */
const PARTS: Record<string, (stage: Stage, sizes: Sizes) => Promise<Measurement[]>> = {
  startup: () => measureStartup(),
  'first-message': () => measureFirstMessage(),
  import: (stage, { rows }) => measureImport(stage, rows),
  dispatch: (stage, { leads }) => measureDispatch(stage, leads),
  export: (stage, { memoryRows }) => measureExport(stage, memoryRows),
  memory: (stage, { memoryRows }) => measureMemory(stage, memoryRows),
  legacy: (stage, { memoryRows }) => measureLegacy(stage, memoryRows),
}

interface Sizes {
  rows: number
  leads: number
  memoryRows: number
}

process.exitCode = await bench()

async function bench(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rows: { type: 'string', default: '200000' },
      leads: { type: 'string', default: '100000' },
      memory: { type: 'boolean', default: false },
      'memory-rows': { type: 'string', default: '1000000' },
    },
  })
  const sizes = { rows: Number(values.rows), leads: Number(values.leads), memoryRows: Number(values['memory-rows']) }
  const asked = positionals.length > 0 ? positionals : ['startup', 'import', 'dispatch']
  if (values.memory && !asked.includes('memory')) asked.push('memory')
  const measured: Measurement[] = []
  for (const name of asked) {
    const part = PARTS[name]
    if (!part) throw new Error(`no part "${name}": ${Object.keys(PARTS).join(', ')}`)
    // A stage for each part: none of them finds what another has left.
    const stage = await openStage()
    try {
      measured.push(...(await part(stage, sizes)))
    } finally {
      await stage.close()
    }
  }
  process.stdout.write(`\n${report(measured)}\n`)
  return measured.every(passes) ? 0 : 1
}

function report(measured: readonly Measurement[]): string {
  return plainText(
    table(measured, [
      { title: 'what', value: one => one.what },
      { title: 'measured', value: one => one.figure, align: 'right' },
      { title: 'against', value: one => one.against },
      { title: 'ratio', value: one => one.ratio?.toFixed(2) ?? '', align: 'right' },
      { title: 'bar', value: one => one.bar.text },
      { title: '', value: one => (passes(one) ? 'pass' : 'MISSED') },
    ]),
  )
}

import { join } from 'node:path'
import { type Measurement, type Size, say } from './measure.ts'
import { memoryOf, runToItsEnd } from './memory.ts'
import { importMailing, type Stage, setScene, writeMailing } from './stage.ts'

/** The time and the most memory of `camp campaign leads` that writes all leads of one campaign to a file. */
export async function measureExport(stage: Stage, size: Size): Promise<Measurement[]> {
  const rows = size.count(1_000_000)
  say(`export: ${rows} rows`)
  // The first command makes the machine's own user an ADMIN, if there is no other user yet.
  await runToItsEnd(stage, ['wallet', 'list'])
  const { id } = await importMailing(stage, await setScene(stage, { blocked: 0 }), await writeMailing(stage.home, rows))
  const counted = rows.toLocaleString('en-US')
  const measured: Measurement[] = []
  for (const type of ['csv', 'xlsx']) {
    const file = join(stage.home, `leads.${type}`)
    const { peakMb, seconds } = await runToItsEnd(stage, ['campaign', 'leads', id, `--${type}`, file])
    say(`  written as .${type} in ${seconds.toFixed(1)} s`)
    measured.push(memoryOf(`memory: camp campaign leads --${type}, ${counted} rows, ${seconds.toFixed(1)} s`, peakMb))
  }
  return measured
}

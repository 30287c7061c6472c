import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { CAMP, startProgram } from '../../src/cli/commands/demo/program.ts'
import { compareCosts, type Measurement, type Size, say, single } from './measure.ts'
import { packMailing, type Stage, writeMailing, writeMailingBook } from './stage.ts'

const MAX_MB = 200

const SIZES = [10_000, 100_000, 1_000_000]
const MOST_APART = 1.3

/**
 * The most memory (VmHWM: peak resident set) that each camp process takes for one file, end to end, for small files and large ones: the
 * import's, the run's, the worker's, the report's and the export's; and the import's of the largest file as a gzip and as a workbook.
 */
export async function measureMemory(stage: Stage, size: Size): Promise<Measurement[]> {
  const sandbox = await startProgram(['sandbox', '--json'], stage.env)
  try {
    const { url } = z.object({ url: z.string() }).parse(JSON.parse(sandbox.firstLine))
    const importFile = await importer(stage, url)
    const peaks: Peaks[] = []
    for (const full of SIZES) peaks.push(await peaksOf(stage, importFile, size.count(full)))
    const file = await writeMailing(stage.home, size.count(SIZES.at(-1)!))
    const gz = await importFile(await packMailing(file), '--again')
    const xlsx = await importFile(await writeMailingBook(stage.home, size.count(SIZES.at(-1)!)))
    return [
      ...Object.keys(peaks[0]!).flatMap(command => ofAllSizes(command, peaks, SIZES.map(size.count))),
      memoryOf('memory: camp campaign import of a .csv.gz, the largest', gz.peakMb),
      memoryOf('memory: camp campaign import of an .xlsx, the largest', xlsx.peakMb),
    ]
  } finally {
    await sandbox.stop()
  }
}

/** Peak of each command, in MB. */
type Peaks = Record<string, number>

function ofAllSizes(command: string, peaks: readonly Peaks[], rows: readonly number[]): Measurement[] {
  const [small, ...larger] = peaks.map(one => one[command]!)
  const most = Math.max(...larger)
  const side = (name: string, mb: number) => ({ name, values: [mb] })
  const sizes = rows.map(one => one.toLocaleString('en-US'))
  const what = `memory: camp ${command}`
  return [
    memoryOf(`${what}, ${sizes.at(-1)} rows`, larger.at(-1)!),
    compareCosts(
      `${what}, ${sizes.join(', ')} rows`,
      'MB',
      side('the largest', most),
      side('the smallest', small!),
      MOST_APART,
    ),
  ]
}

type Import = (file: string, ...more: string[]) => ReturnType<typeof runToItsEnd>

/** Sets up a wallet and a broker. @returns what imports a file for them */
async function importer(stage: Stage, sandbox: string): Promise<Import> {
  const camp = (...argv: string[]) => runToItsEnd(stage, argv)
  await camp('wallet', 'add', 'Carteira', '--idgis', '1')
  const month = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo', year: 'numeric', month: '2-digit' })
  await camp('budget', 'set', 'Carteira', month.format(new Date()), '1000000.00')
  await camp('broker', 'add', 'SANDBOX', '--adapter', 'SANDBOX', '--cost', '0.0450', '--max-batch', '500')
  await camp('credential', 'set', 'Carteira', 'SANDBOX', `url=${sandbox}`)
  const always = ['--hours', '00:00-24:00', '--days', 'mon-sun', '--allow-holidays', '--no-cap']
  const message = 'Olá {{nome}}, temos uma proposta para o seu contrato {{contrato}}.'
  const target = ['--wallet', 'Carteira', '--broker', 'SANDBOX', '--message', message]
  return (file, ...more) => camp('campaign', 'import', file, ...target, ...always, ...more)
}

async function peaksOf(stage: Stage, importFile: Import, rows: number): Promise<Peaks> {
  const imported = await importFile(await writeMailing(stage.home, rows))
  const { id } = z.object({ id: z.string() }).parse(JSON.parse(imported.out))
  await runToItsEnd(stage, ['campaign', 'approve', id, '--yes'])
  const worker = await startProgram(['worker', '--listen', '127.0.0.1:0'], stage.env)
  try {
    const ran = await runToItsEnd(stage, ['campaign', 'run', id, '--wait'])
    const { status } = z.object({ status: z.string() }).parse(JSON.parse(ran.out))
    if (status !== 'FINISHED') throw new Error(`the campaign is ${status}`)
    const reported = await runToItsEnd(stage, ['campaign', 'report', id])
    const exported = await runToItsEnd(stage, ['campaign', 'leads', id, '--csv', join(stage.home, `leads-${rows}.csv`)])
    say(`  ${rows} rows: imported in ${imported.seconds.toFixed(1)} s, dispatched in ${ran.seconds.toFixed(1)} s`)
    return {
      'campaign import': imported.peakMb,
      'campaign run --wait': ran.peakMb,
      worker: peakMbOf(worker.pid)!,
      'campaign report': reported.peakMb,
      'campaign leads --csv': exported.peakMb,
    }
  } finally {
    await worker.stop()
  }
}

export function memoryOf(what: string, peakMb: number): Measurement {
  return single(what, 'MB', [peakMb], MAX_MB)
}

/** A process that ends by itself cannot be asked afterwards: it is asked until it has ended. */
const SAMPLE_MS = 20

/** Runs a camp process, and samples its peak resident set. @throws Error if it fails */
export async function runToItsEnd({ env }: Stage, argv: readonly string[]) {
  const from = performance.now()
  const child = spawn(process.execPath, [CAMP, ...argv, '--json'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let [out, peakMb] = ['', 0]
  child.stdout.on('data', chunk => (out += chunk))
  const sampling = setInterval(() => (peakMb = peakMbOf(child.pid) ?? peakMb), SAMPLE_MS)
  const code = await new Promise(resolve => child.once('close', resolve))
  clearInterval(sampling)
  if (code !== 0) throw new Error(`camp ${argv.join(' ')} ended with ${code}`)
  return { out, peakMb, seconds: (performance.now() - from) / 1000 }
}

/** @returns undefined when it has ended */
function peakMbOf(pid: number | undefined): number | undefined {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return match ? Number(match[1]) / 1024 : undefined
  } catch {
    return undefined
  }
}

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { CAMP, type Program, startProgram } from '../../src/cli/commands/demo/program.ts'
import { type Measurement, type Size, say, single } from './measure.ts'
import { packMailing, type Stage, writeMailing, writeMailingBook } from './stage.ts'

const MAX_MB = 200

/**
 * The most memory (VmHWM: peak resident set) that each camp process takes for one large file, end to end: the import's, the
 * run's, the worker's and the sandbox's; and the import's of the same file as a gzip and as a workbook.
 */
export async function measureMemory(stage: Stage, size: Size): Promise<Measurement[]> {
  const rows = size.count(1_000_000)
  say(`memory: ${rows} rows`)
  const file = await writeMailing(stage.home, rows)
  const camp = (...argv: string[]) => runToItsEnd(stage, argv)
  const sandbox = await startProgram(['sandbox', '--json'], stage.env)
  let worker: Program | undefined
  try {
    const { url } = z.object({ url: z.string() }).parse(JSON.parse(sandbox.firstLine))
    await camp('wallet', 'add', 'Carteira', '--idgis', '1')
    const month = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo', year: 'numeric', month: '2-digit' })
    await camp('budget', 'set', 'Carteira', month.format(new Date()), '1000000.00')
    await camp('broker', 'add', 'SANDBOX', '--adapter', 'SANDBOX', '--cost', '0.0450', '--max-batch', '500')
    await camp('credential', 'set', 'Carteira', 'SANDBOX', `url=${url}`)
    const always = ['--hours', '00:00-24:00', '--days', 'mon-sun', '--allow-holidays']
    const message = 'Olá {{nome}}, temos uma proposta para o seu contrato {{contrato}}.'
    const target = ['--wallet', 'Carteira', '--broker', 'SANDBOX', '--message', message]
    const imported = await camp('campaign', 'import', file, ...target, ...always)
    const { id } = z.object({ id: z.string() }).parse(JSON.parse(imported.out))
    say(`  imported in ${imported.seconds.toFixed(1)} s`)
    await camp('campaign', 'approve', id, '--yes')
    worker = await startProgram(['worker', '--listen', '127.0.0.1:0'], stage.env)
    const ran = await camp('campaign', 'run', id, '--wait')
    const { status } = z.object({ status: z.string() }).parse(JSON.parse(ran.out))
    if (status !== 'FINISHED') throw new Error(`the campaign is ${status}`)
    say(`  dispatched in ${ran.seconds.toFixed(1)} s`)
    const counted = rows.toLocaleString('en-US')
    const packed = await packMailing(file)
    const gz = await camp('campaign', 'import', packed, ...target, ...always, '--again')
    say(`  imported as .csv.gz in ${gz.seconds.toFixed(1)} s`)
    const book = await writeMailingBook(stage.home, rows)
    const xlsx = await camp('campaign', 'import', book, ...target, ...always)
    say(`  imported as .xlsx in ${xlsx.seconds.toFixed(1)} s`)
    return [
      memoryOf(`memory: camp campaign import, ${counted} rows`, imported.peakMb),
      memoryOf(`memory: camp campaign import of a .csv.gz, ${counted} rows`, gz.peakMb),
      memoryOf(`memory: camp campaign import of an .xlsx, ${counted} rows`, xlsx.peakMb),
      memoryOf(`memory: camp campaign run --wait, ${counted} rows`, ran.peakMb),
      memoryOf(`memory: camp worker, ${counted} rows`, peakMbOf(worker.pid)!),
      memoryOf(`memory: camp sandbox, ${counted} rows`, peakMbOf(sandbox.pid)!),
    ]
  } finally {
    await worker?.stop()
    await sandbox.stop()
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

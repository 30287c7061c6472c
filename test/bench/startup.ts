import { spawnSync } from 'node:child_process'
import { CAMP } from '../../src/cli/commands/demo/program.ts'
import { compareCosts, type Measurement, type Size, say, single } from './measure.ts'
import type { Stage } from './stage.ts'

const ROUNDS = 21
/** Portuguese against English: the catalogue is one file (decision 68). */
const MOST_IN_PORTUGUESE = 1.1

// What a script that asks one question does, and nothing else.
const BARE_QUERY = `import pg from 'pg'
const client = new pg.Client(process.env.DATABASE_URL)
await client.connect()
const { rows } = await client.query('SELECT id, name, status FROM "Campaign" ORDER BY created_at DESC LIMIT 20')
console.log(JSON.stringify(rows))
await client.end()`

/**
 * Processes from their start to their end, in turns: `camp --help` against a Node that does nothing, and in Portuguese; a list
 * against a script with one query; and what a press of the tab key waits for.
 */
export async function measureStartup(stage: Stage, size: Size): Promise<Measurement[]> {
  const rounds = size.rounds(ROUNDS)
  say(`start-up: ${rounds} times each`)
  const env = { ...stage.env, CAMP_LANG: 'en' }
  const run = (argv: readonly string[], more: NodeJS.ProcessEnv = {}) => milliseconds(argv, { ...env, ...more })
  // The first command makes the machine's own user an ADMIN.
  run([CAMP, 'wallet', 'list'])
  const measured: Record<string, number[]> = { node: [], help: [], ajuda: [], query: [], list: [], completion: [] }
  for (let round = 0; round < rounds; round++) {
    measured.node!.push(run(['-e', '0']))
    measured.help!.push(run([CAMP, '--help']))
    measured.ajuda!.push(run([CAMP, '--help'], { CAMP_LANG: 'pt-BR' }))
    measured.query!.push(run(['--input-type=module', '-e', BARE_QUERY], { DATABASE_URL: stage.url }))
    measured.list!.push(run([CAMP, 'campaign', 'list']))
    measured.completion!.push(run([CAMP, '__complete', 'campaign', 'im']))
  }
  const side = (name: string, of: string) => ({ name, values: measured[of]! })
  return [
    compareCosts('camp --help', 'ms', side('camp', 'help'), side('node -e 0', 'node'), 1.4),
    compareCosts(
      'camp --help in Portuguese',
      'ms',
      side('camp', 'ajuda'),
      side('in English', 'help'),
      MOST_IN_PORTUGUESE,
    ),
    compareCosts('camp campaign list', 'ms', side('camp', 'list'), side('a script with one pg query', 'query'), 2.5),
    single('completion of a word', 'ms', measured.completion!, 150),
  ]
}

function milliseconds(argv: readonly string[], env: NodeJS.ProcessEnv): number {
  const from = performance.now()
  const { status, stderr } = spawnSync(process.execPath, argv, { stdio: ['ignore', 'ignore', 'pipe'], env })
  if (status !== 0) throw new Error(`node ${argv.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - from
}

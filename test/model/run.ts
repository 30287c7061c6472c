import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pLimit from 'p-limit'
import { proveInterleavings } from '../interleave/run.ts'
import { MODELS, type Model, type Sizes } from './models.ts'
import { hasSpin, type Search, search } from './spin.ts'

/**
 * `npm run prove`: searches every state of the models, and shows for each mutant that the model without that rule breaks a promise.
 * @param --small only the sizes that take seconds
 * @param --interleavings instead of the models, the code itself on a real database (test/interleave)
 * @param --schedules how many of them
 * @param --seed of those that are at random
 * @param --replay one of them, as a finding names it
 */
const { values: flags } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    interleavings: { type: 'boolean', default: false },
    schedules: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    replay: { type: 'string' },
  },
})

const folder = mkdtempSync(join(tmpdir(), 'camp-model-'))
let searches = 0
let failures = 0

async function main(): Promise<number> {
  if (flags.interleavings) {
    const { schedules, seed, replay } = flags
    return (await proveInterleavings({ schedules: Number(schedules), seed: Number(seed), replay })) ? 0 : 1
  }
  if (!(await hasSpin())) {
    process.stdout.write(
      'The models were skipped: this machine has no Spin, or no C compiler (Debian: apt-get install spin gcc libc6-dev)\n',
    )
    return process.env.CAMP_TEST_SPIN === 'required' ? 1 : 0
  }
  const inParallel = pLimit(availableParallelism())
  const rows = await Promise.all(MODELS.map(model => proveModel(model, inParallel)))
  process.stdout.write(['', HEAD, ...rows.map(({ row }) => row), ''].join('\n'))
  const total = rows.reduce((sum, { states }) => sum + states, 0)
  const caught = MODELS.reduce((sum, { mutants }) => sum + mutants.length, 0)
  process.stdout.write(`${total.toLocaleString('en')} states, ${caught} mutants, ${failures} failures\n`)
  return failures === 0 ? 0 : 1
}

const HEAD = '| model | promises | with | states | mutants caught |\n|---|---|---|---|---|'

type Limit = ReturnType<typeof pLimit>

async function proveModel(model: Model, inParallel: Limit): Promise<{ row: string; states: number }> {
  const { name, promises, faults, sizes, mutants } = model
  const whole = Promise.all(
    (flags.small ? [sizes.small] : sizes.large).map(size => inParallel(() => searchWhole(name, size))),
  )
  const caught = Promise.all(
    mutants.map(mutant => inParallel(() => searchMutant(name, mutant.sizes ?? sizes.small, mutant.name))),
  )
  const states = (await whole).reduce((sum, found) => sum + found.states, 0)
  const count = (await caught).filter(Boolean).length
  const row = `| ${name} | ${promises} | ${faults} | ${states.toLocaleString('en')} | ${count} of ${mutants.length} |`
  return { row, states }
}

async function searchWhole(name: string, sizes: Sizes): Promise<Search> {
  const found = await search(name, sizes, undefined, nextFolder())
  if (found.broken !== undefined) fail(`${name}: ${found.broken}`, found)
  else if (!found.isWhole) fail(`${name}: not all of its states were searched`, found)
  else say(`✔ ${name} ${JSON.stringify(sizes)}: ${found.states.toLocaleString('en')} states`, found)
  return found
}

/** @returns whether the model without the rule breaks a promise */
async function searchMutant(name: string, sizes: Sizes, mutant: string): Promise<boolean> {
  const found = await search(name, sizes, mutant, nextFolder())
  if (found.broken === undefined) fail(`${name} without a rule (${mutant}) keeps every promise`, found)
  else say(`✔ ${name} ${mutant} is caught`, found)
  return found.broken !== undefined
}

function nextFolder(): string {
  return mkdtempSync(join(folder, `${++searches}-`))
}

function say(text: string, { seconds }: Search): void {
  process.stdout.write(`${text} (${seconds.toFixed(1)} s)\n`)
}

function fail(text: string, found: Search): void {
  failures++
  say(`✘ ${text}`, found)
  if (found.trail !== undefined) process.stdout.write(`  ${found.trail}\n`)
}

process.exitCode = await main()
if (failures === 0) rmSync(folder, { recursive: true, force: true })

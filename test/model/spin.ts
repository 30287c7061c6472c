import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import type { Sizes } from './models.ts'

/** What a search has found. */
export interface Search {
  states: number
  /** Nothing of it was left out: neither memory nor depth ended the search. */
  isWhole: boolean
  /** The promise that is broken; undefined: none. */
  broken: string | undefined
  /** The steps that lead there, as Spin prints them: a command. */
  trail: string | undefined
  seconds: number
}

/** Whether Spin and a C compiler are on PATH. */
export async function hasSpin(): Promise<boolean> {
  const found = await Promise.all(
    ['spin', 'gcc'].map(program => execa(program, [program === 'spin' ? '-V' : '--version'], { reject: false })),
  )
  return found.every(({ exitCode }) => exitCode === 0)
}

const MAX_DEPTH = 1_000_000
const MEMORY_MB = 8_000

/**
 * Searches every state of a model at these sizes.
 * @param folder an empty folder for the generated program
 * @throws ExecaError: the model is not valid
 */
export async function search(name: string, sizes: Sizes, mutant: string | undefined, folder: string): Promise<Search> {
  const startedAt = performance.now()
  const file = fileURLToPath(new URL(`${name}.pml`, import.meta.url))
  const macros = [
    ...Object.entries(sizes).map(([macro, value]) => `-D${macro}=${value}`),
    ...(mutant ? [`-D${mutant}`] : []),
  ]
  await execa('spin', [...macros, '-a', file], { cwd: folder })
  // NOREDUCE: every interleaving, with no order left out as equivalent.
  const options = ['-O2', '-w', '-DSAFETY', '-DNOREDUCE', '-DCOLLAPSE', '-DVECTORSZ=4096', `-DMEMLIM=${MEMORY_MB}`]
  await execa('gcc', [...options, '-o', 'pan', 'pan.c'], { cwd: folder })
  const { stdout } = await execa(join(folder, 'pan'), [`-m${MAX_DEPTH}`], { cwd: folder, reject: false })
  const trail = readdirSync(folder).find(entry => entry.endsWith('.trail'))
  return {
    states: Number(/(\d+) states, stored/.exec(stdout)?.[1] ?? 0),
    isWhole:
      !/search was not completed|max search depth too small|out of memory/i.test(stdout) && /errors: \d/.test(stdout),
    broken: /^pan:\d+: (.*) \(at depth \d+\)$/m.exec(stdout)?.[1],
    trail: trail && `spin ${macros.join(' ')} -p -k ${join(folder, trail)} ${file}`,
    seconds: (performance.now() - startedAt) / 1_000,
  }
}

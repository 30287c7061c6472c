import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { removeScratchFolders, scratchFolder, sharedScratchFolder } from '../support/scratch.ts'

const TEST = fileURLToPath(new URL('../', import.meta.url))

/** Outside a test file: each removes its own when it ends. */
const OF_A_RUN = [
  'bench/first-message.ts',
  'bench/stage.ts',
  'chaos/stage.ts',
  'model/run.ts',
  'support/global-setup.ts',
  'support/redis.ts',
]

it('makes every folder of a test where it is removed when the test file ends', () => {
  const files = readdirSync(TEST, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
  const makers = files.filter(file => /\bmkdtemp(Sync)?\(/.test(readFileSync(join(TEST, file), 'utf8')))
  expect(makers.sort()).toEqual([...OF_A_RUN, 'support/scratch.ts'].sort())
})

it('removes what it made, and makes other folders then', () => {
  const [own, shared] = [scratchFolder('a'), sharedScratchFolder('a')]
  expect(own).not.toBe(shared)
  expect(sharedScratchFolder('a')).toBe(shared)
  removeScratchFolders()
  expect([own, shared].map(existsSync)).toEqual([false, false])
  expect(existsSync(sharedScratchFolder('a'))).toBe(true)
})

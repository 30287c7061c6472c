import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { boundStartLog } from '../../../src/database/embedded/log.ts'
import { scratchFolder } from '../../support/scratch.ts'

it('the log of starts begins again above 1 MB, and one earlier file is kept', () => {
  const path = join(scratchFolder('log'), 'server.log')
  boundStartLog(path)
  writeFileSync(path, 'x'.repeat(1024 * 1024))
  boundStartLog(path)
  expect(existsSync(`${path}.1`)).toBe(false)
  writeFileSync(path, 'y'.repeat(1024 * 1024 + 1))
  writeFileSync(`${path}.1`, 'earlier')
  boundStartLog(path)
  expect(existsSync(path)).toBe(false)
  expect(statSync(`${path}.1`).size).toBe(1024 * 1024 + 1)
})

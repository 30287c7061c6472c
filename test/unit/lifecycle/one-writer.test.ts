import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const SRC = fileURLToPath(new URL('../../../src/', import.meta.url))
const WRITES_STATUS = /(?:UPDATE|INTO) "Campaign"[^`]*?\bSET\b(?:(?!\bWHERE\b|\bFROM\b)[^`])*?\bstatus\s*=/

it("writes a campaign's status in one statement, with its audit", () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    file => file.endsWith('.ts') && !file.startsWith(join('database', 'generated')),
  )
  const writers = files.filter(file => WRITES_STATUS.test(readFileSync(join(SRC, file), 'utf8')))
  expect(files.length).toBeGreaterThan(300)
  expect(writers).toEqual([join('lifecycle', 'transition.ts')])
})

it('tells a statement that writes the status from one that reads it', () => {
  expect(WRITES_STATUS.test('`UPDATE "Campaign" SET rows = $2, status = $3 WHERE id = $1`')).toBe(true)
  expect(WRITES_STATUS.test('`UPDATE "Campaign" SET rows = $2 WHERE id = $1 AND status = $3`')).toBe(false)
})

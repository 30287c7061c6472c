import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CAMP } from '../../src/cli/commands/demo/program.ts'
import { PT_BR } from '../../src/language/pt-br/index.ts'

it('the build has the whole catalogue in one file, and speaks it', () => {
  const joined = new URL('../../dist/language/pt-br.json', import.meta.url)
  expect(JSON.parse(readFileSync(joined, 'utf8'))).toEqual(PT_BR)
  const { stdout } = spawnSync(process.execPath, [CAMP, '--help'], {
    encoding: 'utf8',
    env: { ...process.env, CAMP_LANG: 'pt-BR' },
  })
  expect(stdout).toMatch(/^Uso: camp/)
})

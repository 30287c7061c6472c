import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ERROR_CODES, EXIT_CODES } from '../../src/error-codes.ts'

it('docs/errors.md has a row for each code, with its exit code', () => {
  const page = readFileSync('docs/errors.md', 'utf8')
  const rows = [...page.matchAll(/^\| ([A-Z_]+) \| (\d+) \| .+ \|$/gm)].map(([, code, exit]) => `${code} ${exit}`)
  expect(rows).toEqual(Object.entries(ERROR_CODES).map(([code, kind]) => `${code} ${EXIT_CODES[kind]}`))
})

it('each code is thrown somewhere', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    file => file.endsWith('.ts') && file !== 'error-codes.ts' && !file.includes('generated'),
  )
  const source = files.map(file => readFileSync(join('src', file), 'utf8')).join('\n')
  expect(Object.keys(ERROR_CODES).filter(code => !source.includes(`'${code}'`))).toEqual([])
})

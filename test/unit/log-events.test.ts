import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { LOG_EVENTS } from '../../src/log-events.ts'

it('docs/operations.md has a row for each event, with its level', () => {
  const page = readFileSync('docs/operations.md', 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z_]+\.[a-z_]+)` \| (\w+) \| .+ \|$/gm)]
  expect(rows.map(([, event, level]) => `${event} ${level}`)).toEqual(
    Object.entries(LOG_EVENTS).map(([event, level]) => `${event} ${level}`),
  )
})

it('each event is logged somewhere', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    file => file.endsWith('.ts') && file !== 'log-events.ts' && !file.includes('generated'),
  )
  const source = files.map(file => readFileSync(join('src', file), 'utf8')).join('\n')
  expect(Object.keys(LOG_EVENTS).filter(event => !source.includes(`'${event}'`))).toEqual([])
})

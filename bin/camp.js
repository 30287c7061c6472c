#!/usr/bin/env -S node --
// Behind "--", Node leaves the options alone: it has an --env-file of its own, which it would look for before camp is asked.
// Starts the built program. In a clone that was not built yet it says how.
import { existsSync } from 'node:fs'

const program = new URL('../dist/cli/main.js', import.meta.url)
if (existsSync(program)) {
  const { main } = await import(program.href)
  process.exitCode = await main(process.argv.slice(2))
} else {
  process.stderr.write('camp is not built yet.\n  Run: npm install && npm run build\n')
  process.exitCode = 1
}

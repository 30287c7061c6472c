import { defineConfig } from 'vitest/config'
import { UNIT } from './vitest.lanes.ts'

/** What needs nothing but its own process: no PostgreSQL, no Redis, no subprocess. */
export default defineConfig({ test: { ...UNIT, maxWorkers: 2 } })

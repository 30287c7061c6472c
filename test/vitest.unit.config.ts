import { defineConfig } from 'vitest/config'

/** The tests that need nothing but this process: no PostgreSQL, no Redis. */
export default defineConfig({
  test: { include: ['test/unit/**/*.test.ts'], testTimeout: 60_000, maxWorkers: 2 },
})

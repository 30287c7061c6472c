import { defineConfig } from 'vitest/config'
import { INTEGRATION, UNIT } from './vitest.lanes.ts'

export default defineConfig({
  test: {
    // Here, and not in the projects: one PostgreSQL for all of them.
    globalSetup: ['test/support/global-setup.ts'],
    // Most of an integration test's time is a wait for a broker, a lease or a subprocess: more workers than the two cores of CI.
    maxWorkers: 4,
    projects: [{ test: UNIT }, { test: INTEGRATION }],
  },
})

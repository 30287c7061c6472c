import { defineConfig } from 'vitest/config'

/** These look at when requests start: what else the machine has to do at that moment is no finding. They run after all others. */
const TIMED = ['test/integration/dispatch/pacing.test.ts']

const limits = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  setupFiles: ['test/support/log-guard.ts', 'test/support/lock-order.ts'],
}

export default defineConfig({
  test: {
    // Here, and not in the projects: one PostgreSQL for all of them.
    globalSetup: ['test/support/global-setup.ts'],
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...limits,
          name: 'together',
          include: ['test/{unit,integration,contract,cli,chaos}/**/*.test.ts'],
          exclude: TIMED,
        },
      },
      { test: { ...limits, name: 'alone', include: TIMED, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
})

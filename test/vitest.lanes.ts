import type { ProjectConfig } from 'vitest/node'

/** Against what never ends, not a bound of what is tested: a loaded machine takes ten times as long. */
const limits = {
  testTimeout: 600_000,
  hookTimeout: 600_000,
  setupFiles: ['test/support/log-guard.ts', 'test/support/lock-order.ts', 'test/support/scratch-end.ts'],
}

/** In threads that share their modules: no unit test leaves anything behind in them. */
export const UNIT = {
  ...limits,
  name: 'unit',
  include: ['test/unit/**/*.test.ts'],
  pool: 'threads',
  isolate: false,
} satisfies ProjectConfig

/** Each file with a database of its own. Files share processes: loading camp again for each would take a fifth of the CPU. */
export const INTEGRATION = {
  ...limits,
  name: 'integration',
  setupFiles: [...limits.setupFiles, 'test/support/warm-sessions.ts'],
  include: ['test/{integration,contract,cli,chaos}/**/*.test.ts'],
  pool: 'forks',
  isolate: false,
} satisfies ProjectConfig

import { spawnSync } from 'node:child_process'

/** Whether systemd's tools are here. Tests that need them are skipped without; with CAMP_TEST_SYSTEMD=required that is a failure. */
export const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0

if (!hasSystemd && process.env.CAMP_TEST_SYSTEMD === 'required')
  throw new Error('CAMP_TEST_SYSTEMD=required, and there is no systemd-analyze')

/**
 * How many times longer the machine takes at this moment than it would alone: a loop's wall time over its CPU time, at least 1.
 * For upper bounds of what must run in real time: `expect(tookMs).toBeLessThan(2_000 * machineLoad())`.
 */
export function machineLoad(): number {
  const [from, before] = [performance.now(), process.cpuUsage()]
  const usedMs = () => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  }
  while (usedMs() < MEASURED_CPU_MS);
  return Math.max(1, (performance.now() - from) / usedMs())
}

/** Longer than a scheduler's turn, so that other processes have theirs in it. */
const MEASURED_CPU_MS = 60

/** The CPU time that `run` takes in this process, in milliseconds: other processes do not change it. */
export function cpuMs(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

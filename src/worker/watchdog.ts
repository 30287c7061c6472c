import type { Health } from './health.ts'
import type { ServiceManager } from './service-manager.ts'
import { periodic, type Round } from './timing.ts'

/** Each asks a service over a new connection, and throws if it is unavailable. */
export interface FreshChecks {
  database(): Promise<unknown>
  queue(): Promise<unknown>
}

/**
 * Feeds the watchdog of the service manager while this worker can take jobs, or cannot for a reason that a restart would not
 * remove. It is not fed if a service answers on a new connection and not to this worker, or if this process hangs: a restart
 * helps then.
 */
export function startWatchdog(
  manager: ServiceManager,
  { health, fresh }: { health: () => Promise<Health>; fresh: FreshChecks },
): Round | undefined {
  if (manager.feedEveryMs === undefined) return undefined
  const round = periodic(
    manager.feedEveryMs,
    () => undefined,
    async () => {
      const { status, isOwnFault } = await judge(await health(), fresh)
      if (!isOwnFault) await manager.feed(status)
    },
  )
  round.start()
  return round
}

/** @returns a status in one line, and whether a restart of this process would help */
export async function judge(
  { ok, detail }: Health,
  fresh: FreshChecks,
): Promise<{ status: string; isOwnFault: boolean }> {
  if (ok) return { status: 'takes jobs', isOwnFault: false }
  const away = (['database', 'queue'] as const).filter(service => detail[service] !== 'ok')
  const answers = await Promise.all(
    away.map(service =>
      fresh[service]().then(
        () => true,
        () => false,
      ),
    ),
  )
  const words = (['database', 'queue', 'secret', 'sending'] as const)
    .filter(part => detail[part] !== 'ok')
    .map(part => `${part}: ${detail[part]}`)
  return { status: `takes no jobs: ${words.join(', ')}`, isOwnFault: answers.includes(true) }
}

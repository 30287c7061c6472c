import type pg from 'pg'
import type { Http } from '../broker/http.ts'
import type { Log } from '../log.ts'
import type { Queues } from '../queue/queues.ts'
import type { ClaimDeps } from './claim.ts'

export interface DispatchDeps extends ClaimDeps {
  pool: pg.Pool
  queues: Queues
  http: Http
  log: Log
  /** Aborted when this process is to end: what was not written is not written any more. */
  draining: AbortSignal
  /** Where a broker reaches us, for all its messages or for one; undefined without CAMP_PUBLIC_URL. */
  callbackUrl: (brokerId: string, leadId: string | undefined) => string | undefined
}

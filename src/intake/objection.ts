import type { PlannedSending } from '../broker/port.ts'
import { contactHoursOf } from '../campaign-settings/contact-hours.ts'
import { throttlingOf } from '../campaign-settings/throttling.ts'
import { rampGapMs } from '../dispatch/pacing/ramp.ts'
import { throttleInterval } from '../dispatch/pacing/throttle-interval.ts'
import { perSecond } from '../dispatch/plan/batch-size.ts'
import { CampError } from '../errors.ts'
import type { ImportRequest } from './request.ts'

/** Of a file that is not read yet: only the content is judged. */
export const NOT_READ = { messages: 0, segments: 0 }

/**
 * Refuses a campaign that the adapter has something against, with the wallet's credential.
 * @throws CampError DATA
 */
export function assertNoObjection(request: ImportRequest, counts: Pick<PlannedSending, 'messages' | 'segments'>): void {
  const found = request.objection?.({
    ...counts,
    perSecond: handedOverPerSecond(request),
    template: request.template?.code ?? null,
  })
  if (found) throw new CampError(found.code, found.reason, { hint: found.hint })
}

/** By the broker's rate limit, which counts requests, and the campaign's throttling. */
function handedOverPerSecond(request: ImportRequest): number | null {
  const throttling = throttlingOf(request.throttle.type, request.throttle.config)
  const gapMs =
    throttling.type === 'ramp'
      ? rampGapMs(throttling, throttling.max, contactHoursOf(request))
      : throttleInterval(throttling, () => 0.5)
  const limit = perSecond(request.broker.rateLimit)
  const rates = [limit === null ? Infinity : limit * request.adapter.messagesPerRequest, 1000 / gapMs]
  const rate = Math.min(...rates)
  return Number.isFinite(rate) ? rate : null
}

import type { Adapter } from '../../broker/port.ts'
import { nextWithinHours, windowEndAfter, windowStartBefore } from '../../calendar/contact-hours.ts'
import { withOwn } from '../../calendar/custom-holidays.ts'
import { hoursOf } from '../../campaign-settings/contact-hours.ts'
import type { Throttling } from '../../campaign-settings/throttling.ts'
import type { Tx } from '../../database/pool.ts'
import type { ClaimWait } from '../model/claimed-batch.ts'
import type { SlotDeps } from '../model/deps.ts'
import { type RampDay, rampToday } from '../pacing/ramp.ts'
import { freeRequests } from '../pacing/requests-at-once.ts'
import { freeSlot, occupySlot, type SlotKey } from '../pacing/slots.ts'
import { throttleInterval } from '../pacing/throttle-interval.ts'
import { batchLimits, effectiveBatchSize, perSecond } from '../plan/batch-size.ts'
import type { BatchHeader } from './lock-batch.ts'

/** The contact hours of a batch's recipients around the start of its first request. */
export interface ContactWindow {
  /** When they began on that day. */
  windowStartsAt: Date
  /** When they end, at most a day after that start: no request may start from then on. */
  windowEndsAt: Date
}

/** When a batch's requests start, and how many messages can be sent in time. */
export interface ReservedSlot {
  startAt: Date
  window: ContactWindow
  /** Milliseconds from one request's start to the next one's, by the broker's rate limit. */
  requestIntervalMs: number
  /** The most messages that may be sent. */
  size: number
  requests: number
  /** How many milliseconds the campaign's or the credential's slot is taken, whichever is longer. */
  takenMs: number
}

interface SlotRequest {
  header: BatchHeader
  adapter: Adapter
  throttling: Throttling
  now: Date
}

/**
 * Checks the contact hours at the time that throttling and rate limit give, and takes that slot; outside the hours nothing is
 * taken. NO_ROOM: as many of the credential's requests are in flight as may be (requests-at-once.ts). Locks the slots' rows
 * until the transaction ends.
 */
export async function reserveSlot(
  tx: Tx,
  deps: SlotDeps,
  { header, adapter, throttling, now }: SlotRequest,
): Promise<ReservedSlot | { wait: ClaimWait } | 'NO_ROOM'> {
  const wait = (until: Date, why: ClaimWait['why']) => ({ wait: { until, why } })
  // A wait for contact hours is not kept: the calendar may have changed.
  if (header.not_before && header.not_before > now && !header.waiting_for_hours)
    return wait(header.not_before, 'BROKER')
  const { opening, windowAt } = contactHours(deps, header, header)
  const waitForHours = (until: Date | undefined) => wait(until ?? new Date(now.getTime() + 24 * 3_600_000), 'HOURS')
  const opensAt = opening(now)
  if (opensAt !== now) return waitForHours(opensAt)

  const perMessage = throttling.type !== 'none'
  const rate = perSecond(header.rate_limit)
  let day: RampDay | undefined
  if (throttling.type === 'ramp') {
    const ramped = { id: header.campaign_id, hours: { from: header.hours_from, to: header.hours_to } }
    day = await rampToday(tx, throttling, ramped, now, deps.timezone)
    if (day.left === 0) return wait(opening(day.endsAt) ?? day.endsAt, 'PACE')
  }
  const paces = [...(perMessage ? [header.campaign_id] : []), ...(rate === null ? [] : [header.credential_id])]
  const slot = await freeSlot(tx, paces, now, day?.endsAt)
  if ('waitUntil' in slot) return wait(slot.waitUntil, 'PACE')
  // The request starts at its slot, and the requests that follow must all start before the hours end.
  const { startAt } = slot
  const opensAgain = opening(startAt)
  if (opensAgain !== startAt) return waitForHours(opensAgain)
  const window = windowAt(startAt)
  const requestIntervalMs = rate === null ? 0 : 1000 / rate
  const inTime =
    rate === null ? Infinity : Math.ceil((window.windowEndsAt.getTime() - startAt.getTime()) / requestIntervalMs)
  // More leads may be PENDING in its range than it was planned for, and a request may hold fewer by now.
  const most = effectiveBatchSize(batchLimits(adapter, header))
  const free = await freeOf(tx, header, adapter, now)
  if (free === 0) return 'NO_ROOM'
  const size = Math.min(header.size, most, Math.min(inTime, free) * adapter.messagesPerRequest)
  const requests = Math.ceil(size / adapter.messagesPerRequest)

  const lanes: SlotKey[] = []
  if (perMessage) {
    const takesMs = throttling.type === 'ramp' ? day!.gapMs : throttleInterval(throttling, deps.random)
    lanes.push({ id: header.campaign_id, takesMs })
  }
  if (rate !== null) lanes.push({ id: header.credential_id, takesMs: requests * requestIntervalMs })
  await occupySlot(tx, lanes, slot.startUs)
  const takenMs = Math.max(0, ...lanes.map(lane => lane.takesMs))
  return { startAt, window, requestIntervalMs, size, requests, takenMs }
}

/** The contact hours of the place of a batch. */
export function contactHours(
  deps: Pick<SlotDeps, 'isHoliday'>,
  header: BatchHeader,
  { region, zone }: Pick<BatchHeader, 'region' | 'zone'>,
) {
  const place = region || zone
  const [hours, isHoliday] = [hoursOf(header), withOwn(deps.isHoliday, header.own_holidays)]
  return {
    /** @returns `at` itself if they are open then; undefined if they do not open within three weeks */
    opening: (at: Date) => nextWithinHours(hours, place, at, isHoliday),
    windowAt: (at: Date): ContactWindow => ({
      windowStartsAt: windowStartBefore(hours, place, at, isHoliday),
      windowEndsAt: windowEndAfter(hours, place, at, isHoliday),
    }),
  }
}

async function freeOf(tx: Tx, header: BatchHeader, adapter: Adapter, now: Date): Promise<number> {
  const { concurrency: most, credential_id: credentialId, wallet_id: walletId, broker_id: brokerId } = header
  if (most === null) return Infinity
  return freeRequests(tx, { credentialId, walletId, brokerId, most, isSingle: adapter.messagesPerRequest === 1 }, now)
}

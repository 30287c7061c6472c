import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldEvents, type LeadState, type StoredEvent } from '../../../src/webhook/fold-events.ts'

const NOON = new Date('2026-11-24T12:00:00Z')

function lead(state: Partial<LeadState> = {}): LeadState {
  return {
    status: 'SENT',
    billed: true,
    batch_number: 1,
    sent_at: NOON,
    delivered_at: null,
    read_at: null,
    error_code: null,
    error_message: null,
    provider_msg_id: null,
    ...state,
  }
}

function event(kind: StoredEvent['event'], minute = 1, rest: Partial<StoredEvent> = {}): StoredEvent {
  const occurred_at = new Date(NOON.getTime() + minute * 60_000)
  return { event: kind, provider_msg_id: null, code: null, detail: null, occurred_at, ...rest }
}

describe('a lead and its callbacks', () => {
  test('goes forward: delivered, then read, each at its time', () => {
    const delivered = foldEvents(lead(), [event('DELIVERED', 1)], 'ACCEPTED')
    expect(delivered).toMatchObject({ status: 'DELIVERED', delivered_at: event('SENT', 1).occurred_at, read_at: null })
    expect(foldEvents(delivered, [event('READ', 2)], 'ACCEPTED')).toMatchObject({
      status: 'READ',
      delivered_at: event('SENT', 1).occurred_at,
      read_at: event('SENT', 2).occurred_at,
    })
  })

  test('never goes back', () => {
    const read = foldEvents(lead(), [event('READ')], 'ACCEPTED')
    expect(foldEvents(read, [event('SENT', 2), event('FAILED', 3)], 'ACCEPTED')).toBe(read)
    expect(foldEvents(read, [event('DELIVERED', 5)], 'ACCEPTED').status).toBe('READ')
  })

  test('fails with the code and the detail of the broker', () => {
    const failed = foldEvents(lead(), [event('FAILED', 1, { code: '1002', detail: 'not on WhatsApp' })], 'ACCEPTED')
    expect(failed).toMatchObject({
      status: 'ERROR',
      error_code: '1002',
      error_message: 'not on WhatsApp',
      billed: true,
    })
  })

  test('has not failed when it was delivered after all', () => {
    const failed = foldEvents(lead(), [event('FAILED', 1, { code: '1002', detail: 'x' })], 'DELIVERED')
    expect(failed).toMatchObject({ status: 'ERROR', billed: false })
    expect(foldEvents(failed, [event('DELIVERED', 2)], 'DELIVERED')).toMatchObject({
      status: 'DELIVERED',
      billed: true,
      error_code: null,
      error_message: null,
    })
  })

  test('costs nothing if the broker does not bill its delivery, and does not forget that', () => {
    const free = foldEvents(lead(), [event('DELIVERED', 1, { billable: false })], 'DELIVERED')
    expect(free).toMatchObject({ status: 'DELIVERED', billed: false })
    expect(foldEvents(free, [event('READ', 2), event('SENT'), event('FAILED')], 'DELIVERED')).toMatchObject({
      status: 'READ',
      billed: false,
    })
    expect(foldEvents(lead(), [event('READ', 1, { billable: false })], 'DELIVERED').billed).toBe(false)
    const failed = lead({ status: 'ERROR', billed: false, error_code: '1002' })
    expect(foldEvents(failed, [event('DELIVERED', 1, { billable: false })], 'DELIVERED')).toMatchObject({
      status: 'DELIVERED',
      billed: false,
    })
    // Nothing is delivered yet; and where the broker bills what it accepted, that decides.
    expect(foldEvents(lead(), [event('SENT', 1, { billable: false })], 'DELIVERED').billed).toBe(true)
    expect(foldEvents(lead(), [event('DELIVERED', 1, { billable: false })], 'ACCEPTED').billed).toBe(true)
  })

  test('is no longer in doubt: a broker that calls back has accepted it', () => {
    const doubtful = lead({ status: 'IN_DOUBT', error_message: 'timeout' })
    for (const [kind, status] of [
      ['SENT', 'SENT'],
      ['OPT_OUT', 'SENT'],
      ['READ', 'READ'],
      ['FAILED', 'ERROR'],
    ] as const) {
      const after = foldEvents(doubtful, [event(kind)], 'ACCEPTED')
      expect(after).toMatchObject({ status, billed: true })
      expect(after.error_message).toBeNull()
    }
  })

  test('that no batch ever claimed cannot be called back about', () => {
    const refused = lead({ status: 'ERROR', batch_number: null, sent_at: null, billed: false, error_code: 'DUPLICATE' })
    expect(foldEvents(refused, [event('DELIVERED')], 'DELIVERED')).toBe(refused)
  })

  test('that the broker refused is believed delivered when it says so, and nothing less', () => {
    const refused = lead({ status: 'ERROR', sent_at: null, billed: false, error_code: 'REFUSED' })
    expect(foldEvents(refused, [event('SENT'), event('FAILED')], 'ACCEPTED')).toBe(refused)
    expect(foldEvents(refused, [event('DELIVERED')], 'ACCEPTED')).toMatchObject({
      status: 'DELIVERED',
      billed: true,
      error_code: null,
    })
  })

  test('stays the same object where nothing changes', () => {
    const delivered = foldEvents(lead({ provider_msg_id: 'a' }), [event('DELIVERED')], 'ACCEPTED')
    expect(foldEvents(delivered, [event('DELIVERED'), event('SENT'), event('OPT_OUT')], 'ACCEPTED')).toBe(delivered)
  })

  test('gets the broker’s id where the answer to its request had none', () => {
    const after = foldEvents(lead(), [event('SENT', 1, { provider_msg_id: 'wamid.1' })], 'ACCEPTED')
    expect(after.provider_msg_id).toBe('wamid.1')
  })

  test('ends the same way in any order, cuts and repetitions its callbacks come', () => {
    const kind = fc.constantFrom<StoredEvent['event']>('SENT', 'DELIVERED', 'READ', 'FAILED', 'OPT_OUT')
    const events = fc.array(
      fc
        .tuple(kind, fc.integer({ min: 0, max: 5 }), fc.constantFrom(null, false))
        .map(([k, minute, billable]) => event(k, minute, { billable })),
      { minLength: 1 },
    )
    const disorder = events.chain(all =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: 2 * all.length }), fc.nat()),
    )
    const starts = fc.constantFrom(
      lead({ status: 'IN_DOUBT' }),
      lead({ status: 'PENDING', billed: false }),
      lead({ status: 'PENDING', billed: false, sent_at: null }),
      lead({ status: 'ERROR', billed: false, error_code: 'NOT_SENT' }),
      lead({ status: 'ERROR', billed: false, error_code: 'REFUSED', sent_at: null }),
    )
    fc.assert(
      fc.property(disorder, fc.constantFrom('ACCEPTED', 'DELIVERED'), starts, ([all, again, at], billing, start) => {
        const once = foldEvents(start, all, billing)
        const cut = at % (again.length + 1)
        const first = cut === 0 ? start : foldEvents(start, again.slice(0, cut), billing)
        const twice = cut === again.length ? first : foldEvents(first, again.slice(cut), billing)
        expect(twice).toEqual(once)
      }),
    )
  })
})

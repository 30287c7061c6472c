import { describe, expect, test } from 'vitest'
import { classifyResult } from '../../src/broker/classify-code.ts'
import { CODE_CLASSES, type CodeClass } from '../../src/broker/codes.ts'
import { adapterOf } from '../../src/broker/registry.ts'
import { exchange } from '../support/exchange.ts'
import { requestOf } from './adapter.ts'

/** What each of Twilio's codes means for a campaign, as an answer over HTTP. */
const twilio = await adapterOf('TWILIO')
const credential = (url: string) => ({
  account_sid: `AC${'0'.repeat(32)}`,
  auth_token: 'token',
  from: '+5500900000099',
  url,
})

/** Typed from Twilio's error catalogue, apart from the adapter's table. */
const CODES: Record<CodeClass, string> = {
  record: `21211 21214 21217 21265 21612 21614 21617 21635 30004 30005 30006 63003 63024 63031 63032 63033 63036
    21408 21606 21608 21656 21703 30007 63013`,
  later: '30001 30003 30008 30017 30022 30036 30410 63009 63010 63012 63017 63018 63023 63049',
  wait: '20429 21611 63038',
  stop: `21212 21601 21603 21607 21609 21654 21655 21657 21701 21702 21704 21705 21910 30018 30024
    63002 63007 63008 63015 63016 63022 63026 63027 63028 63040 63041 63042`,
  fatal: '20003 20005 20404 30002 63001 63020 63051',
  'opt-out': '21610 63014',
  doubt: '',
}

/** Of those, the ones that are the campaign's if many of its messages have them. */
const BY_SHARE = ['21408', '21606', '21608', '21656', '21703', '30007', '63013']

const codesOf = (codeClass: CodeClass) => CODES[codeClass].split(/\s+/).filter(code => code !== '')
const cases = CODE_CLASSES.flatMap(codeClass => codesOf(codeClass).map(code => [code, codeClass] as const))

test('the table has these codes and no others', () => {
  expect(Object.keys(twilio.codes).sort()).toEqual(cases.map(([code]) => code).sort())
  const shared = Object.entries(twilio.codes).filter(([, rule]) => rule.byShare)
  expect(shared.map(([code]) => code).sort()).toEqual(BY_SHARE)
})

const STATUSES: Record<string, number> = { 20003: 401, 20005: 403, 20404: 404, 20429: 429, 63038: 429 }

async function answered(code: string) {
  const body = {
    code: Number(code),
    message: 'refused by a test',
    more_info: 'https://www.twilio.com/docs',
    status: 400,
  }
  const reply = { status: STATUSES[code] ?? 400, body }
  const { result } = await exchange(twilio, credential, requestOf(1), reply)
  return classifyResult({ table: twilio.codes, overrides: {} }, result, 1)
}

describe('an answer with the code', () => {
  test.each(cases)('%s is %s', async (code, codeClass) => {
    const { outcomes, stop, retryAfterMs, halve } = await answered(code)
    const [outcome] = outcomes
    expect([outcomes.length, halve]).toEqual([1, false])
    switch (codeClass) {
      case 'record':
      case 'later':
        expect(outcome).toMatchObject({ kind: 'REJECTED', code })
        expect([stop, retryAfterMs]).toEqual([undefined, undefined])
        expect(outcome).not.toHaveProperty('optOut')
        expect('byShare' in outcome!).toBe(BY_SHARE.includes(code))
        return
      case 'opt-out':
        expect(outcome).toMatchObject({ kind: 'REJECTED', code, optOut: true })
        return
      case 'wait':
        expect(outcome).toMatchObject({ kind: 'NOT_ACCEPTED' })
        expect([stop, retryAfterMs]).toEqual([undefined, { 20429: 5_000, 21611: 600_000, 63038: 3_600_000 }[code]])
        return
      case 'stop':
      case 'fatal':
        expect(outcome).toMatchObject({ kind: 'NOT_ACCEPTED' })
        expect(stop).toEqual({
          ends: codeClass === 'stop' ? 'PAUSE' : 'FAIL',
          reason: expect.stringMatching(new RegExp(`^${code}: .+\\. Cure: .+`)),
        })
        return
      default:
        throw new Error(`no code is ${codeClass}`)
    }
  })

  test('63049 is not to be retried for a day', () => {
    expect(twilio.codes['63049']).toMatchObject({ class: 'later', afterMs: 86_400_000 })
  })

  test('that is unknown is the recipient’s unless many messages have it', async () => {
    expect(await answered('29999')).toMatchObject({ outcomes: [{ kind: 'REJECTED', code: '29999' }], stop: undefined })
  })
})

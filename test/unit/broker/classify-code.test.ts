import { describe, expect, it, test } from 'vitest'
import {
  type ClassifiedResult,
  type CodeBook,
  classifyResult,
  listedRule,
  ruleOf,
} from '../../../src/broker/classify-code.ts'
import { CODE_CLASSES, type CodeClass } from '../../../src/broker/codes.ts'
import type { SendResult } from '../../../src/broker/port.ts'

const TABLE = {
  'c-record': { class: 'record', meaning: 'no such phone' },
  'c-shared': { class: 'record', byShare: true, meaning: 'the region is not allowed' },
  'c-later': { class: 'later', afterMs: 86_400_000, meaning: 'Meta limits messages to this person' },
  'c-wait': { class: 'wait', afterMs: 600_000, meaning: 'the queue is full' },
  'c-stop': { class: 'stop', meaning: 'the template is paused', cure: 'use another template' },
  'c-fatal': { class: 'fatal', meaning: 'no balance', cure: 'pay' },
  'c-opt-out': { class: 'opt-out', meaning: 'the recipient opted out' },
  'c-doubt': { class: 'doubt', meaning: 'taken by an earlier request, or not' },
} as const
const BOOK: CodeBook = { table: TABLE, overrides: {} }

const refusal = (code: string) => ({ kind: 'REJECTED', code, detail: 'no' }) as const

/** What follows for one message with this class. */
const EFFECT: Record<CodeClass, ClassifiedResult> = {
  record: { outcomes: [refusal('c-record')], halve: false },
  later: { outcomes: [refusal('c-later')], halve: false },
  'opt-out': { outcomes: [{ ...refusal('c-opt-out'), optOut: true }], halve: false },
  wait: { outcomes: [{ kind: 'NOT_ACCEPTED', reason: 'c-wait: no' }], halve: false, retryAfterMs: 600_000 },
  stop: {
    outcomes: [{ kind: 'NOT_ACCEPTED', reason: 'c-stop: no' }],
    halve: false,
    stop: { ends: 'PAUSE', reason: 'c-stop: the template is paused. Cure: use another template' },
  },
  fatal: {
    outcomes: [{ kind: 'NOT_ACCEPTED', reason: 'c-fatal: no' }],
    halve: false,
    stop: { ends: 'FAIL', reason: 'c-fatal: no balance. Cure: pay' },
  },
  doubt: { outcomes: [{ kind: 'IN_DOUBT', reason: 'c-doubt: no' }], halve: false },
}

describe.each(CODE_CLASSES)('a refusal of class %s', codeClass => {
  const code = `c-${codeClass}`

  it('has its effect, for a message and for a request of one', () => {
    expect(classifyResult(BOOK, { kind: 'ANSWERED', outcomes: [refusal(code)] }, 1)).toEqual(EFFECT[codeClass])
    expect(classifyResult(BOOK, refusal(code), 1)).toEqual(EFFECT[codeClass])
  })

  it('of a request of several is halved only where one message may be the cause', () => {
    const several = classifyResult(BOOK, refusal(code), 3)
    const mayBeOne = ['record', 'later', 'opt-out'].includes(codeClass)
    expect(several).toEqual(
      mayBeOne
        ? { outcomes: Array(3).fill({ kind: 'NOT_ACCEPTED', reason: 'no' }), halve: true }
        : { ...EFFECT[codeClass], outcomes: Array(3).fill(EFFECT[codeClass].outcomes[0]) },
    )
  })

  it('decides also about an answer that an adapter takes for a wrong key or for a wait', () => {
    expect(classifyResult(BOOK, { kind: 'FATAL', reason: 'no', code }, 1)).toEqual(EFFECT[codeClass])
    expect(classifyResult(BOOK, { kind: 'NOT_ACCEPTED', reason: 'no', code }, 1)).toEqual(EFFECT[codeClass])
  })

  it('decides nothing about an answer in doubt', () => {
    const doubt: SendResult = { kind: 'IN_DOUBT', reason: 'HTTP 500', code }
    expect(classifyResult(BOOK, doubt, 2)).toEqual({ outcomes: [doubt, doubt], halve: false })
    expect(classifyResult(BOOK, { kind: 'ANSWERED', outcomes: [doubt] }, 1)).toEqual({
      outcomes: [doubt],
      halve: false,
    })
  })
})

test('one answer may mix classes, and each message has its own', () => {
  const outcomes = [
    { kind: 'ACCEPTED', providerId: 'm1' } as const,
    ...['c-record', 'c-stop', 'c-doubt', 'c-fatal', 'c-wait', 'new'].map(refusal),
    { kind: 'IN_DOUBT', reason: 'unclear' } as const,
  ]
  expect(classifyResult(BOOK, { kind: 'ANSWERED', outcomes, reference: 'r' }, outcomes.length)).toEqual({
    outcomes: [
      outcomes[0],
      refusal('c-record'),
      { kind: 'NOT_ACCEPTED', reason: 'c-stop: no' },
      { kind: 'IN_DOUBT', reason: 'c-doubt: no' },
      { kind: 'NOT_ACCEPTED', reason: 'c-fatal: no' },
      { kind: 'NOT_ACCEPTED', reason: 'c-wait: no' },
      { ...refusal('new'), byShare: ruleOf(BOOK, 'new') },
      outcomes[7],
    ],
    halve: false,
    retryAfterMs: 600_000,
    stop: EFFECT.fatal.stop,
    reference: 'r',
  })
})

test('a code that is not listed, or that is marked so, is judged by share', () => {
  expect(classifyResult(BOOK, refusal('new'), 1).outcomes).toEqual([
    { ...refusal('new'), byShare: ruleOf(BOOK, 'new') },
  ])
  expect(classifyResult(BOOK, refusal('c-shared'), 1).outcomes).toEqual([
    { ...refusal('c-shared'), byShare: TABLE['c-shared'] },
  ])
  expect(ruleOf(BOOK, undefined)).toMatchObject({ class: 'record', byShare: true })
  // Names of Object.prototype are codes like others.
  expect(ruleOf(BOOK, 'constructor')).toMatchObject({ class: 'record', byShare: true })
})

test('without a listed code, a wrong key is a wrong key and a wait is a wait', () => {
  expect(classifyResult(BOOK, { kind: 'FATAL', reason: 'HTTP 401', code: 'HTTP_401' }, 2)).toEqual({
    outcomes: Array(2).fill({ kind: 'NOT_ACCEPTED', reason: 'HTTP 401' }),
    halve: false,
    stop: { ends: 'FAIL', reason: 'HTTP 401' },
  })
  expect(classifyResult(BOOK, { kind: 'NOT_ACCEPTED', reason: 'HTTP 429', code: 'HTTP_429' }, 1)).toEqual({
    outcomes: [{ kind: 'NOT_ACCEPTED', reason: 'HTTP 429' }],
    halve: false,
  })
})

test('a wait is as long as the answer says, else as the rule says, else a minute', () => {
  const wait = (code: string, retryAfterMs?: number) =>
    classifyResult(
      { table: TABLE, overrides: { plain: { class: 'wait' } } },
      { kind: 'ANSWERED', outcomes: [{ ...refusal(code), retryAfterMs }] },
      1,
    ).retryAfterMs
  expect(wait('c-wait', 5_000)).toBe(5_000)
  expect(wait('c-wait')).toBe(600_000)
  expect(wait('plain')).toBe(60_000)
})

describe('an override', () => {
  const book: CodeBook = {
    table: TABLE,
    overrides: {
      'c-shared': { class: 'stop' },
      'c-later': { class: 'later' },
      HTTP_403: { class: 'wait', afterMs: 9 },
    },
  }

  it('replaces the class, the time and the share, and keeps meaning and cure', () => {
    expect(listedRule(book, 'c-shared')).toEqual({ class: 'stop', meaning: 'the region is not allowed' })
    expect(listedRule(book, 'c-later')).toEqual({ class: 'later', meaning: 'Meta limits messages to this person' })
    expect(listedRule({ table: TABLE, overrides: { 'c-stop': { class: 'fatal' } } }, 'c-stop')?.cure).toBe(
      'use another template',
    )
  })

  it('makes a refusal of the key a wait', () => {
    expect(classifyResult(book, { kind: 'FATAL', reason: 'HTTP 403', code: 'HTTP_403' }, 1)).toEqual({
      outcomes: [{ kind: 'NOT_ACCEPTED', reason: 'HTTP_403: HTTP 403' }],
      halve: false,
      retryAfterMs: 9,
    })
  })

  it('of a code without a meaning shows what the broker said', () => {
    const stopped = classifyResult({ table: {}, overrides: { 77: { class: 'stop' } } }, refusal('77'), 1)
    expect(stopped.stop).toEqual({ ends: 'PAUSE', reason: '77: no' })
  })
})

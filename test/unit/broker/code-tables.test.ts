import { describe, expect, it } from 'vitest'
import { type ClassifiedResult, classifyResult, ruleOf } from '../../../src/broker/classify-code.ts'
import { CODE_CLASSES, type CodeClass } from '../../../src/broker/codes.ts'
import { ADAPTER_NAMES, adapterOf } from '../../../src/broker/registry.ts'
import { MOST } from '../../../src/broker/storable.ts'
import { storableText } from '../../../src/message/characters.ts'

/** Every code of every table, as an answer and as a callback, through the classification that dispatch and the inbox use. */
const ADAPTERS = await Promise.all(ADAPTER_NAMES.map(adapterOf))

/** What each class makes of a refusal of one message. */
const EFFECTS: Record<CodeClass, (result: ClassifiedResult) => void> = {
  record: ({ outcomes, stop }) => expect([outcomes[0]!.kind, stop]).toEqual(['REJECTED', undefined]),
  later: ({ outcomes, stop }) => expect([outcomes[0]!.kind, stop]).toEqual(['REJECTED', undefined]),
  'opt-out': ({ outcomes }) => expect(outcomes[0]).toMatchObject({ kind: 'REJECTED', optOut: true }),
  wait: ({ outcomes, retryAfterMs }) => {
    expect(outcomes[0]!.kind).toBe('NOT_ACCEPTED')
    expect(retryAfterMs).toBeGreaterThan(0)
  },
  stop: ({ outcomes, stop }) => expect([outcomes[0]!.kind, stop?.ends]).toEqual(['NOT_ACCEPTED', 'PAUSE']),
  fatal: ({ outcomes, stop }) => expect([outcomes[0]!.kind, stop?.ends]).toEqual(['NOT_ACCEPTED', 'FAIL']),
  doubt: ({ outcomes }) => expect(outcomes[0]!.kind).toBe('IN_DOUBT'),
}

describe.each(ADAPTERS.map(adapter => [adapter.name, adapter] as const))('the table of %s', (_, adapter) => {
  const book = { table: adapter.codes, overrides: {} }
  const rules = Object.entries(adapter.codes)

  it('has the effect of its class for each code, and stops with the code, its meaning and its cure', () => {
    for (const [code, rule] of rules) {
      const refusal = { kind: 'REJECTED', code, detail: 'no' } as const
      for (const said of [refusal, { kind: 'ANSWERED' as const, outcomes: [refusal] }]) {
        const result = classifyResult(book, said, 1)
        EFFECTS[rule.class](result)
        if (!result.stop) continue
        expect(result.stop.reason).toBe(
          `${code}: ${rule.meaning}${rule.cure === undefined ? '' : `. Cure: ${rule.cure}`}`,
        )
      }
      const several = classifyResult(book, refusal, 3)
      expect([code, several.halve]).toEqual([code, ['record', 'later', 'opt-out'].includes(rule.class)])
    }
  })

  it('is the one that is read for a callback', () => {
    for (const [code, rule] of rules) expect(ruleOf(book, code)).toBe(rule)
    expect(ruleOf(book, 'in no table')).toMatchObject({ class: 'record', byShare: true })
  })

  it('can be stored and typed, and is complete', () => {
    for (const [code, { class: codeClass, meaning, cure, afterMs, byShare }] of rules) {
      expect(CODE_CLASSES).toContain(codeClass)
      expect(storableText(code, MOST.code).trim()).toBe(code)
      expect(meaning.trim()).toMatch(/\S/)
      if (byShare) expect([code, ['record', 'later'].includes(codeClass)]).toEqual([code, true])
      if (codeClass === 'stop' || codeClass === 'fatal') expect([code, cure !== undefined]).toEqual([code, true])
      if (afterMs !== undefined) expect([code, ['later', 'wait'].includes(codeClass)]).toEqual([code, true])
    }
  })
})

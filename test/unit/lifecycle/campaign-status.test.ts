import { describe, expect, it } from 'vitest'
import { CAMPAIGN_STATUSES, isLegal, TRANSITIONS, type TransitionName } from '../../../src/lifecycle/campaign-status.ts'
import { refusedTransition } from '../../../src/lifecycle/refused-transition.ts'

describe('the table of transitions', () => {
  const moves = Object.keys(TRANSITIONS) as TransitionName[]

  it.each(['CANCELLED', 'ARCHIVED'] as const)('ends in %s: nothing leaves it', status => {
    expect(moves.filter(move => isLegal(move, status))).toEqual([])
  })

  it('never sends without an approval: PROCESSING is entered from APPROVED, or again from where it was left', () => {
    const entrances = moves
      .filter(move => TRANSITIONS[move].to === 'PROCESSING')
      .flatMap(move => TRANSITIONS[move].from)
    // Each of these has an approval, whose hash `resume`, `reopen` and `run` compare.
    expect(new Set(entrances)).toEqual(new Set(['APPROVED', 'PAUSED', 'FAILED', 'FINISHED']))
    const before = moves.filter(move => TRANSITIONS[move].to === 'APPROVED' && move !== 'retryFree')
    expect(before.flatMap(move => TRANSITIONS[move].from)).toEqual(['PENDING_APPROVAL'])
    expect(moves.filter(move => isLegal(move, 'PENDING_APPROVAL'))).toEqual(['approve', 'reject', 'cancel', 'archive'])
  })

  it('says for every state what can be done instead', () => {
    for (const status of CAMPAIGN_STATUSES) {
      const error = refusedTransition('approve', { agendamento_id: 'C1', status })
      expect(error.code).toBe('TRANSITION_REFUSED')
      expect(error.message).toContain(status)
      expect(error.hint).toBeTruthy()
    }
  })
})

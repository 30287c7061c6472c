import { describe, expect, it } from 'vitest'
import { CAMPAIGN_STATUSES, illegalMove, isLegal, MOVES, type MoveName } from '../../../src/campaign/state.ts'

describe('the state table', () => {
  const moves = Object.keys(MOVES) as MoveName[]

  it('ends in CANCELLED: nothing leaves it', () => {
    expect(moves.filter(move => isLegal(move, 'CANCELLED'))).toEqual([])
  })

  it('never sends without an approval: PROCESSING is entered from APPROVED, or again from where it was left', () => {
    const entrances = moves.filter(move => MOVES[move].to === 'PROCESSING').flatMap(move => MOVES[move].from)
    // Each of these has an approval, whose hash `resume`, `reopen` and `run` compare.
    expect(new Set(entrances)).toEqual(new Set(['APPROVED', 'PAUSED', 'FAILED', 'FINISHED']))
    const before = moves.filter(move => MOVES[move].to === 'APPROVED' && move !== 'retryFree')
    expect(before.flatMap(move => MOVES[move].from)).toEqual(['PENDING_APPROVAL'])
    expect(moves.filter(move => isLegal(move, 'PENDING_APPROVAL'))).toEqual(['approve', 'reject', 'cancel'])
  })

  it('says for every state what can be done instead', () => {
    for (const status of CAMPAIGN_STATUSES) {
      const error = illegalMove('approve', { agendamento_id: 'C1', status })
      expect(error.code).toBe('TRANSITION_REFUSED')
      expect(error.message).toContain(status)
      expect(error.hint).toBeTruthy()
    }
  })
})

import type { Rewrite } from './lane.ts'
import type { Meeting } from './search.ts'

/** A rule that is taken out of the code's own statement, and the meeting that shows what it is for. */
export interface Mutant {
  name: string
  meeting: Meeting
  rewrite: Rewrite
}

/** @throws Error if no statement has the text: the code has changed, and the mutant with it */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'finish without the lock of the campaign',
    meeting: { setting: 'end', names: ['settle', 'settleNext'] },
    rewrite: without('FOR NO KEY UPDATE OF c', /^SELECT r\.adapter FROM "Campaign"/),
  },
  {
    name: 'claim without the lock of the batch',
    meeting: { setting: 'running', names: ['claim', 'claim'] },
    rewrite: without('FOR UPDATE OF b SKIP LOCKED', /^SELECT b\.id, b\.kind/),
  },
  {
    name: 'settle without the status of the batch',
    meeting: { setting: 'running', names: ['settle', 'settle'] },
    rewrite: without(`WHERE b.status = 'SENDING'`, /^SELECT b\.id, b\.failures, b\.budget_id/),
  },
  {
    name: 'sweep without the lock of the batch',
    meeting: { setting: 'running', names: ['settleExpired', 'sweep'] },
    rewrite: without('FOR NO KEY UPDATE SKIP LOCKED', /^UPDATE "Batch" SET status = 'IN_DOUBT'/),
  },
  {
    name: 'reserve without the limit',
    meeting: { setting: 'poor', names: ['claim', 'claimNext'] },
    rewrite: without('AND used_budget + $4::numeric <= budget', /^WITH booked AS/),
  },
  {
    name: 'a settle that does not look for a cancel',
    meeting: { setting: 'running', names: ['settleUntaken', 'cancel'] },
    rewrite: without('FOR SHARE', /^SELECT status FROM "Campaign"/),
  },
  {
    name: 'a resend with the strong lock of the campaign',
    meeting: { setting: 'ended', names: ['resend', 'retry'] },
    rewrite: text =>
      text.startsWith('SELECT c.id, c.agendamento_id')
        ? text.replace('FOR NO KEY UPDATE OF c', 'FOR UPDATE OF c')
        : text,
  },
]

function without(rule: string, statement: RegExp): Rewrite {
  return text => {
    if (!statement.test(text)) return text
    if (!text.includes(rule)) throw new Error(`no "${rule}" is in: ${text}`)
    return text.replace(rule, '')
  }
}

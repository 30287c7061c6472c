import { block } from '../../src/blocklist/by-hand.ts'
import type { Outcome } from '../../src/broker/port.ts'
import { setBudget } from '../../src/budget/budget.ts'
import { retryFailed } from '../../src/campaign/actions/retry.ts'
import { resumeCampaign } from '../../src/campaign/actions/start.ts'
import { cancelCampaign, pauseCampaign } from '../../src/campaign/actions/stop.ts'
import { approveCampaign } from '../../src/campaign/approval/approve.ts'
import { resolveLeads } from '../../src/campaign/doubt/resolve.ts'
import { changeBroker } from '../../src/catalog/brokers.ts'
import { finishAfterCommit } from '../../src/dispatch/finish/finish.ts'
import type { ClaimedBatch } from '../../src/dispatch/model/claimed-batch.ts'
import { settleLate } from '../../src/dispatch/settle/settle-late.ts'
import { sweep } from '../../src/dispatch/sweep.ts'
import { CampError } from '../../src/errors.ts'
import type { Resolution } from '../../src/lifecycle/lead-verdicts.ts'
import { removeCredential } from '../../src/security/credentials.ts'
import { applyEvents } from '../../src/webhook/apply-events.ts'
import { APPROVAL, byHand, outcomeOf } from '../support/by-hand.ts'
import type { Lane } from './lane.ts'
import type { Setting, SettingName } from './scene.ts'
import type { Part } from './schedule.ts'
import type { Stage } from './stage.ts'

/** What an actor does in a setting: what camp calls itself, and what its caller does with the answer. */
type Act = (at: Place) => Promise<string>

interface Place {
  setting: Setting
  lane: Lane
  stage: Stage
  hand: ReturnType<typeof byHand>
}

const ACTS = {
  claim: at => claim(at, at.setting.queued[0]!),
  claimNext: at => claim(at, at.setting.queued[1]!),
  /** Of another campaign, to the same people. */
  claimOther: at => claim(at, at.setting.queuedOther[0]!),
  settle: at => settle(at, at.setting.live[0]!, ['ACCEPTED', 'REJECTED']),
  settleNext: at => settle(at, at.setting.live[1]!, ['ACCEPTED', 'IN_DOUBT']),
  /** The broker took nothing. */
  settleUntaken: at => settle(at, at.setting.live[0]!, ['NOT_ACCEPTED', 'NOT_ACCEPTED']),
  settleExpired: at => settle(at, at.setting.expired[0]!, ['ACCEPTED', 'NOT_ACCEPTED']),
  sweep: async ({ lane, hand }) => {
    const swept = await sweep({ pool: lane.pool, queues: hand.deps.queues, now: hand.now, sweepMs: 60_000 })
    return JSON.stringify(swept)
  },
  pause: ({ hand, setting }) => done(pauseCampaign(hand.deps, setting.main, setting.userId)),
  resume: ({ hand, setting }) => done(resumeCampaign(hand.deps, setting.main, setting.userId)),
  cancel: ({ hand, setting }) => done(cancelCampaign(hand.deps, setting.main, setting.userId, undefined)),
  resolveSent: at => resolve(at, 'SENT'),
  resolveNotSent: at => resolve(at, 'NOT_SENT'),
  resend: at => resolve(at, 'RESEND'),
  retry: ({ hand, setting }) => done(retryFailed(hand.deps, setting.main, setting.userId, undefined)),
  finish: ({ lane, hand, setting }) => done(finishAfterCommit(lane.pool, setting.main, hand.now())),
  topUp: ({ lane, setting }) => {
    const { walletId, userId } = setting
    return done(setBudget(lane.pool, { walletId, userId, month: { year: 2026, month: 12 }, limit: RAISED }))
  },
  block: ({ lane, setting }) => {
    const keys = { phones: [setting.phone], documents: [] }
    return done(block(lane.pool, { id: setting.userId }, keys, { reason: null, purpose: null }))
  },
  hear: ({ lane, hand }) => done(applyEvents(lane.pool, { limit: 1_000, now: hand.now() })),
  approve: ({ hand, setting }) => done(approveCampaign(hand.deps, setting.waiting, setting.userId, APPROVAL)),
  price: ({ stage, lane, setting }) =>
    done(changeBroker(stage.prismaOf(lane), { id: setting.userId }, setting.brokerName, { cost: '0.2' })),
  dropCredential: ({ stage, lane, setting }) =>
    done(
      removeCredential(
        stage.prismaOf(lane),
        { id: setting.userId },
        {
          wallet: { id: setting.walletId, name: 'wallet' },
          broker: { id: setting.brokerId, name: setting.brokerName },
        },
      ),
    ),
} satisfies Record<string, Act>

export type ActName = keyof typeof ACTS

/** The limit after a top-up. */
const RAISED = '3.00'

/** Who meets whom: those that its state lets do something. */
export const MEET: Readonly<Record<SettingName, readonly ActName[]>> = {
  running: [
    ...(['claim', 'claimNext', 'claimOther', 'settle', 'settleUntaken', 'settleExpired', 'sweep', 'pause'] as const),
    ...([
      'cancel',
      'resolveNotSent',
      'resend',
      'topUp',
      'block',
      'hear',
      'approve',
      'price',
      'dropCredential',
    ] as const),
  ],
  paused: [
    ...(['resume', 'retry', 'cancel', 'settle', 'settleUntaken', 'settleExpired', 'sweep', 'resolveSent'] as const),
    ...(['resend', 'hear', 'approve', 'price', 'dropCredential', 'finish', 'claim'] as const),
  ],
  poor: ['claim', 'claimNext', 'claimOther', 'settleUntaken', 'resolveNotSent', 'topUp', 'hear', 'approve', 'resume'],
  end: [
    ...([
      'settle',
      'settleNext',
      'settleUntaken',
      'sweep',
      'finish',
      'pause',
      'cancel',
      'retry',
      'resolveSent',
    ] as const),
    ...(['resend', 'hear', 'price'] as const),
  ],
  ended: ['resolveSent', 'resolveNotSent', 'resend', 'retry', 'hear', 'price', 'cancel', 'finish', 'sweep', 'approve'],
}

/** An actor of a schedule. Refusals are results: the state or the money does not allow it. */
export function partOf(stage: Stage, setting: Setting, name: ActName): Part {
  return {
    name,
    work: async lane => {
      const hand = byHand({ pool: lane.pool }, setting.at)
      try {
        return await (ACTS[name] as Act)({ stage, setting, lane, hand })
      } catch (error) {
        if (error instanceof CampError) return error.code
        throw error
      }
    },
  }
}

async function done(work: Promise<unknown>): Promise<string> {
  const value = await work
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'done'
}

async function claim({ lane, hand }: Place, batchId: string): Promise<string> {
  const answer = await hand.claim(batchId)
  if (answer.kind === 'EMPTIED') await finishAfterCommit(lane.pool, answer.campaign.id, hand.now())
  if (answer.kind !== 'CLAIMED') return answer.kind
  const { attempt, leads } = answer.batch
  return `CLAIMED ${batchId} ${attempt}: ${leads.map(lead => lead.phone).join(' ')}`
}

/** As a worker does: late, if its lease is over, and with the check that belongs after the commit. */
async function settle({ lane, hand }: Place, batch: ClaimedBatch, kinds: Outcome['kind'][]): Promise<string> {
  const outcome = { outcomes: kinds.map(outcomeOf) }
  const settled = await hand.settle(batch, outcome)
  if (settled.kind === 'SETTLED') {
    if (settled.mayFinish) await finishAfterCommit(lane.pool, batch.campaign.id, hand.now())
    return `SETTLED ${batch.id} ${batch.attempt}`
  }
  const known = await settleLate({ pool: lane.pool, now: hand.now }, batch, { correlatesByProviderId: false }, outcome)
  return `FENCED, late ${known}`
}

async function resolve({ hand, setting }: Place, verdict: Resolution): Promise<string> {
  return String(await resolveLeads(hand.deps, setting.main, { verdict, leads: null, userId: setting.userId }))
}

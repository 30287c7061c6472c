import { type Proposal, proposalOf } from '../../../../campaign/approval/proposal.ts'
import { type Sample, samplesOf } from '../../../../campaign/read/samples.ts'
import type { Actor } from '../../../../security/actor.ts'
import type { Context } from '../../../context.ts'

/** How many messages an approver is shown at first. */
export const FIRST_SAMPLES = 3

/** For `show --json` of a campaign that waits: what this user could approve it by. */
export async function factsFor(context: Context, actor: Actor, id: string) {
  const pool = await context.pool()
  const present = { now: context.clock.now(), timezone: context.config.timezone }
  const proposal = await proposalOf(pool, id, actor, present)
  const facts = approvalFacts(proposal, await samplesOf(pool, id, FIRST_SAMPLES))
  return { ...facts, may_approve: facts.may_approve && actor.role === 'ADMIN' }
}

/** What an approver decides by. Money is a decimal string. */
export function approvalFacts({ mayApprove, obstacle, left, budget }: Proposal, samples: readonly Sample[]) {
  const { month, position, fits } = budget
  const { budget: limit = null, used = null, committed = null, available = null } = position ?? {}
  return {
    fits,
    may_approve: mayApprove,
    obstacle: obstacle?.code ?? null,
    budget: { month, budget: limit, used_budget: used, committed, available, left },
    samples,
  }
}

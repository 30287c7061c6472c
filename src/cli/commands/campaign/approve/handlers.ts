import { type Proposal, proposalOf } from '../../../../campaign/approval/proposal.ts'
import { findCampaign } from '../../../../campaign/read/find.ts'
import { samplesOf } from '../../../../campaign/read/samples.ts'
import { campaignView } from '../../../../campaign/read/view.ts'
import { CampError, messageOf } from '../../../../errors.ts'
import { t } from '../../../../language/text.ts'
import type { Actor } from '../../../../security/actor.ts'
import type { Context } from '../../../context.ts'
import { whatNext } from '../../../next.ts'
import { confirm, hasTerminal } from '../../../prompt.ts'
import { assertLegal } from '../actions.ts'
import { refusalsText } from '../text.ts'
import { approveAs, closerOf, decideOnScreen, presentOf } from './decide.ts'
import { approvalFacts, FIRST_SAMPLES } from './facts.ts'
import { costText, grantedText, obstacleText, peopleText } from './text.ts'

/**
 * Without ids, a screen on a terminal. With ids, it shows them on a terminal and asks once; --yes answers. Of several, each that
 * cannot be approved is named, and the others are approved.
 * @throws CampError the first failure
 */
export async function approve(context: Context, refs: string[]): Promise<void> {
  const actor = await context.admin()
  if (refs.length === 0) return onScreen(context, actor)
  const failures: unknown[] = []
  const failed = (ref: string, error: unknown) => {
    if (!(error instanceof CampError) || refs.length === 1) throw error
    context.out.warn(t`${ref} was not approved: ${messageOf(error)}`)
    failures.push(error)
  }
  const proposals = await proposalsOf(context, actor, refs, failed)
  if (proposals.length > 0) await ask(context, proposals)
  const approved: Approved[] = []
  for (const proposal of proposals) {
    try {
      approved.push(await approveOne(context, actor, proposal))
    } catch (error) {
      failed(proposal.handle, error)
    }
  }
  print(context, approved, refs.length === 1)
  if (failures.length > 0) throw failures[0]
}

async function onScreen(context: Context, actor: Actor): Promise<void> {
  if (!hasTerminal(context) || context.host.streams.stderr.isTTY !== true || context.options.yes) {
    throw new CampError('ARGUMENT_MISSING', t`no campaign is given`, {
      hint: t`Add its ID. See: camp campaign list --status PENDING_APPROVAL`,
    })
  }
  return decideOnScreen(context, actor)
}

async function proposalsOf(
  context: Context,
  actor: Actor,
  refs: readonly string[],
  failed: (ref: string, error: unknown) => void,
): Promise<Proposal[]> {
  const pool = await context.pool()
  const proposals = new Map<string, Proposal>()
  for (const ref of refs) {
    try {
      const campaign = await findCampaign(pool, ref, actor)
      assertLegal('approve', campaign)
      const proposal = await proposalOf(pool, campaign.id, actor, presentOf(context))
      if (!proposal.mayApprove) throw proposal.obstacle
      proposals.set(campaign.id, proposal)
    } catch (error) {
      failed(ref, error)
    }
  }
  return [...proposals.values()]
}

/** One campaign is shown with all its facts, several with a line each. */
async function ask(context: Context, proposals: readonly Proposal[]): Promise<void> {
  const [first, ...others] = proposals
  if (others.length === 0) {
    if (isAsked(context)) context.out.notice(await closerOf(context, first!))
    return confirm(context, t`Approve it?`)
  }
  for (const proposal of isAsked(context) ? proposals : []) {
    const { handle, name, cost, obstacle } = proposal
    const why = obstacle === null ? '' : ` (${t`cannot be approved: ${obstacleText(proposal)}`})`
    context.out.notice(`${handle}  ${name}: ${peopleText(proposal)}, ${costText(cost)}${why}`)
  }
  return confirm(context, t`Approve these ${proposals.length} campaigns?`)
}

function isAsked(context: Context): boolean {
  return hasTerminal(context) && !context.options.yes
}

interface Approved {
  facts: object
  lines: string[]
  warnings: string[]
}

async function approveOne(context: Context, actor: Actor, proposal: Proposal): Promise<Approved> {
  const { id, handle } = proposal
  const pool = await context.pool()
  const granted = await approveAs(context, actor, id, isAsked(context) ? proposal : undefined)
  const view = await campaignView(pool, id)
  const { present, outlook, next } = await whatNext(context, id)
  const facts = approvalFacts(proposal, await samplesOf(pool, id, FIRST_SAMPLES))
  return {
    facts: { ...view, ...outlook, ...facts, approved: granted },
    lines: [t`Approved ${handle}: ${grantedText(granted, present)}.`, ...next],
    warnings: refusalsText(view, { ...outlook, ...present }),
  }
}

function print(context: Context, approved: readonly Approved[], isOne: boolean): void {
  const facts = approved.map(one => one.facts)
  context.out.result(isOne ? facts[0] : facts, () => approved.flatMap(({ lines }) => lines))
  for (const { warnings } of approved) for (const sentence of warnings) context.out.warn(sentence)
}

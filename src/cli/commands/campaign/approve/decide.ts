import { rejectCampaign } from '../../../../campaign/actions/stop.ts'
import { approveCampaign, type Granted } from '../../../../campaign/approval/approve.ts'
import { type Proposal, proposalOf, waitingProposals } from '../../../../campaign/approval/proposal.ts'
import { earlierApprovalOf } from '../../../../campaign/read/earlier-approval.ts'
import { expectedEndOf, type Present } from '../../../../campaign/read/forecast.ts'
import { refusedRows, samplesOf } from '../../../../campaign/read/samples.ts'
import { type CampaignView, campaignView } from '../../../../campaign/read/view.ts'
import { CampError, messageOf } from '../../../../errors.ts'
import { t } from '../../../../language/text.ts'
import type { Actor } from '../../../../security/actor.ts'
import type { Block } from '../../../blocks.ts'
import type { Context } from '../../../context.ts'
import { whatNext } from '../../../next.ts'
import { askOptional } from '../../../prompt.ts'
import { showScreen } from '../../../screen.ts'
import { FIRST_SAMPLES } from './facts.ts'
import { draw, roomOf } from './lines.ts'
import { closerText, refusedRowsText, samplesText } from './page.ts'
import { type Item, type PageKind, press, refreshed, type State, type Wish } from './state.ts'
import { costText, peopleText } from './text.ts'

/** What was decided about one campaign. */
interface Decision {
  view: CampaignView
  /** One line. */
  text: string
}

/**
 * The screen of the campaigns that wait, until its user leaves it. What was decided is printed at the end, also after Ctrl-C.
 * @throws CampError STATE: no campaign waits
 */
export async function decideOnScreen(context: Context, actor: Actor): Promise<void> {
  const decided: Decision[] = []
  try {
    await decide(context, actor, decided)
  } finally {
    context.out.result(
      decided.map(({ view }) => view),
      decided.map(({ text }) => text),
    )
  }
}

async function decide(context: Context, actor: Actor, decided: Decision[]): Promise<void> {
  let state: State = { items: await itemsOf(context, actor), at: 0, marked: [], page: null, notes: [] }
  if (state.items.length === 0) throw new CampError('NOTHING_TO_APPROVE', t`no campaign is waiting for approval`)
  for (;;) {
    const present = presentOf(context)
    const shown = await showScreen<State, Wish>(context, state, {
      press: (before, key, size) => press(before, { name: key.name, ctrl: key.ctrl }, size, roomOf),
      draw: (before, size) => draw(before, size, present),
    })
    const { wish } = shown
    state = shown.state
    if (wish.do === 'LEAVE') return
    if (wish.do === 'OPEN') state = await opened(context, actor, state, wish)
    else {
      const notes = wish.do === 'APPROVE' ? await approveAll(context, actor, wish.proposals, decided) : []
      if (wish.do === 'REJECT') notes.push(await rejectOne(context, actor, wish.proposal, decided))
      state = refreshed(state, await itemsOf(context, actor), notes)
    }
  }
}

async function itemsOf(context: Context, actor: Actor): Promise<Item[]> {
  const pool = await context.pool()
  const present = presentOf(context)
  const items: Item[] = []
  for (const proposal of await waitingProposals(pool, actor, present))
    items.push({ proposal, ends: await expectedEndOf(pool, proposal.id, present) })
  return items
}

/** Each as it was shown, in its own transaction. @returns a note for each */
async function approveAll(
  context: Context,
  actor: Actor,
  proposals: readonly Proposal[],
  decided: Decision[],
): Promise<string[]> {
  const notes: string[] = []
  for (const proposal of proposals) {
    context.signal.throwIfAborted()
    try {
      const granted = await approveAs(context, actor, proposal.id, proposal)
      const decision = await decisionOf(context, proposal, approvedText(proposal, granted))
      decided.push(decision)
      notes.push(decision.text)
    } catch (error) {
      if (!(error instanceof CampError)) throw error
      notes.push(t`Not approved: ${messageOf(error)}`)
    }
  }
  return notes
}

/**
 * @param shown what the approver was shown; undefined: nothing
 * @throws CampError as `approveCampaign`
 */
export async function approveAs(context: Context, actor: Actor, id: string, shown?: Proposal): Promise<Granted> {
  return approveCampaign({ pool: await context.pool(), clock: context.clock }, id, actor.id, {
    timezone: context.config.timezone,
    via: actor.via,
    shown,
  })
}

function approvedText({ handle }: Proposal, granted: Granted): string {
  return t`Approved ${handle} (${peopleText(granted)}, ${costText(granted.cost)}).`
}

/** With who starts it, or when it starts. */
async function decisionOf(
  context: Context,
  { id, handle, importer, scheduledAt }: Proposal,
  done: string,
): Promise<Decision> {
  const view = await campaignView(await context.pool(), id)
  const { next } = await whatNext(context, id)
  const then = scheduledAt === null ? t`${importer} starts it: camp campaign run ${handle}` : next[0]
  return { view, text: [done, then].filter(Boolean).join(' ') }
}

/** @returns a note; without a reason nothing is rejected */
async function rejectOne(
  context: Context,
  actor: Actor,
  { id, handle, name }: Proposal,
  decided: Decision[],
): Promise<string> {
  const reason = await askOptional(context, t`Reject ${handle} "${name}"? Its reason (empty: do not reject):`)
  if (reason === '') return t`${handle} was not rejected.`
  const pool = await context.pool()
  try {
    await rejectCampaign({ pool, clock: context.clock }, id, actor.id, reason)
  } catch (error) {
    if (!(error instanceof CampError)) throw error
    return t`Not rejected: ${messageOf(error)}`
  }
  const text = t`Rejected ${handle}: ${reason}`
  decided.push({ view: await campaignView(pool, id), text })
  return text
}

const MORE_SAMPLES = 100
const MOST_REFUSED = 500

async function opened(
  context: Context,
  actor: Actor,
  state: State,
  { kind, proposal: { id } }: { kind: PageKind; proposal: Proposal },
): Promise<State> {
  const pool = await context.pool()
  // What the page shows is what `a` approves, so it is read again.
  const proposal = await proposalOf(pool, id, actor, presentOf(context))
  const view = await campaignView(pool, id)
  if (view.status !== 'PENDING_APPROVAL')
    return refreshed(state, await itemsOf(context, actor), [
      t`${proposal.handle} waits no longer: it is ${view.status}.`,
    ])
  const text =
    kind === 'FACTS'
      ? await closerOf(context, proposal)
      : kind === 'MESSAGES'
        ? samplesText(proposal, await samplesOf(pool, id, MORE_SAMPLES))
        : refusedRowsText(await refusedRows(pool, id, MOST_REFUSED), view.counts.ERROR)
  return { ...state, page: { kind, proposal, text, top: 0 } }
}

/** The text of one campaign for its approver. */
export async function closerOf(context: Context, proposal: Proposal): Promise<Block> {
  const { id } = proposal
  const pool = await context.pool()
  const { present, outlook } = await whatNext(context, id)
  const view = await campaignView(pool, id)
  const [earlier, samples] = [await earlierApprovalOf(pool, id), await samplesOf(pool, id, FIRST_SAMPLES)]
  return closerText({ view, outlook, proposal, earlier, samples }, present)
}

export function presentOf(context: Context): Present {
  return { now: context.clock.now(), timezone: context.config.timezone }
}

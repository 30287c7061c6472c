import type { Present } from '../../budget/budget.ts'
import { formatDays, formatHours } from '../../campaign-settings/hours-and-days.ts'
import type { Sql } from '../../database/pool.ts'
import { CampError } from '../../errors.ts'
import { assertCredential } from '../../security/credentials.ts'
import { type CampaignHeader, readCampaign } from '../campaign-header.ts'
import { type BudgetCheck, budgetRefusal, checkBudget, leftAfter } from './budget-check.ts'
import { assertContent, type Content, contentOf } from './content.ts'
import { type Approver, assertFourEyes, handsOn } from './four-eyes.ts'

/** What a campaign that waits asks of an approver. Money is a decimal string. */
export interface Proposal extends Content {
  id: string
  handle: string
  name: string
  wallet: string
  broker: string
  /** The name of the user who imported it. */
  importer: string
  importedAt: Date
  scheduledAt: Date | null
  /** "08:00-20:00 mon-sat". */
  hours: string
  unit: string
  budget: BudgetCheck
  /** Of the month's budget, if this campaign alone is approved; null: the wallet has no budget for the month. */
  left: string | null
  /** By four eyes: whether this approver is another person than the importer, or need not be. */
  mayApprove: boolean
  /** Why this approver cannot approve it at present; null: nothing prevents it. */
  obstacle: CampError | null
}

/** @param id of a campaign that waits for approval */
export async function proposalOf(sql: Sql, id: string, approver: Approver, present: Present): Promise<Proposal> {
  const campaign = await readCampaign(sql, id)
  const { rows } = await sql.query<{ importer: string; created_at: Date }>(
    `SELECT u.name AS importer, c.created_at FROM "Campaign" c JOIN "User" u ON u.id = c.user_id WHERE c.id = $1`,
    [id],
  )
  const content = await contentOf(sql, campaign)
  const budget = await checkBudget(sql, campaign.wallet_id, content.cost, campaign.scheduled_at, present)
  const ownership = await refusalOf(async () => assertFourEyes(sql, await handsOn(sql, campaign), approver))
  return {
    ...content,
    id,
    handle: campaign.agendamento_id,
    name: campaign.name,
    wallet: campaign.wallet,
    broker: campaign.broker,
    importer: rows[0]!.importer,
    importedAt: rows[0]!.created_at,
    scheduledAt: campaign.scheduled_at,
    hours: `${formatHours({ from: campaign.hours_from, to: campaign.hours_to })} ${formatDays(campaign.days)}`,
    unit: campaign.cost_per_message,
    budget,
    left: leftAfter(content.cost, budget),
    mayApprove: ownership === null,
    obstacle: ownership ?? budgetRefusal(campaign, content, budget) ?? (await otherObstacle(sql, campaign)),
  }
}

/** How many campaigns a list of proposals has at most. */
const MOST = 200

/** Those that wait for approval, the one that starts first and then the oldest first. */
export async function waitingProposals(sql: Sql, approver: Approver, present: Present): Promise<Proposal[]> {
  const { rows } = await sql.query<{ id: string }>(
    `SELECT id FROM "Campaign" WHERE status = 'PENDING_APPROVAL' ORDER BY scheduled_at NULLS LAST, created_at, id LIMIT $1`,
    [MOST],
  )
  const proposals: Proposal[] = []
  for (const { id } of rows) proposals.push(await proposalOf(sql, id, approver, present))
  return proposals
}

async function otherObstacle(sql: Sql, campaign: CampaignHeader): Promise<CampError | null> {
  return (await refusalOf(() => assertContent(campaign))) ?? refusalOf(() => assertCredential(sql, campaign))
}

async function refusalOf(check: () => Promise<unknown>): Promise<CampError | null> {
  try {
    await check()
    return null
  } catch (error) {
    if (error instanceof CampError) return error
    throw error
  }
}

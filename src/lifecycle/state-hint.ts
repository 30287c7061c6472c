import type { CampaignStatus } from './campaign-status.ts'

/** What can be done with a campaign in this state, for the error that refuses something else. The reader's role is unknown. */
export function stateHint(status: CampaignStatus, handle: string): string {
  switch (status) {
    case 'PENDING_APPROVAL':
      return `It waits for approval: an ADMIN says camp campaign approve ${handle} (or reject).`
    case 'APPROVED':
      return `It is approved and not started: camp campaign show ${handle} says when it starts; camp campaign run ${handle} starts it.`
    case 'PROCESSING':
      return `It is being sent: camp campaign pause ${handle} stops it.`
    case 'PAUSED':
      return `It is paused: camp campaign resume ${handle} goes on.`
    case 'FINISHED':
      return 'It is finished: nothing is left to send.'
    case 'FAILED':
      return `It failed: camp campaign show ${handle} says why; camp campaign resume ${handle} continues once that is fixed.`
    case 'CANCELLED':
      return 'It is cancelled: import the file again for a new campaign.'
  }
}

import { t } from '../language/text.ts'
import type { CampaignStatus } from './campaign-status.ts'

/** What can be done with a campaign in this state, for the error that refuses something else. The reader's role is unknown. */
export function stateHint(status: CampaignStatus, handle: string): string {
  switch (status) {
    case 'PENDING_APPROVAL':
      return t`It is waiting for approval: an ADMIN runs camp campaign approve ${handle} (or reject).`
    case 'APPROVED':
      return t`It is approved, but not started. When it starts: camp campaign show ${handle}; to start it: camp campaign run ${handle}`
    case 'PROCESSING':
      return t`It is being sent. To stop it: camp campaign pause ${handle}`
    case 'PAUSED':
      return t`It is paused. To continue it: camp campaign resume ${handle}`
    case 'FINISHED':
      return t`It is finished: nothing is left to send.`
    case 'FAILED':
      return t`It failed. The cause: camp campaign show ${handle}; to continue after the cause is fixed: camp campaign resume ${handle}`
    case 'CANCELLED':
      return t`It is cancelled. For a new campaign, import the file again.`
    case 'ARCHIVED':
      return t`Another system sent it: it is kept as history, and none of its messages is ever sent.`
  }
}

/** The states, for the help: the types' own lists live with modules that the help need not load. */

export { LEAD_STATUSES as LEAD_STATUS_WORDS } from '../../../campaign/view.ts'
export { CAMPAIGN_STATUSES as STATUS_WORDS } from '../../../lifecycle/campaign-status.ts'

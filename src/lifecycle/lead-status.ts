export const LEAD_STATUSES = ['PENDING', 'SENDING', 'SENT', 'DELIVERED', 'READ', 'ERROR', 'IN_DOUBT'] as const

export type LeadStatus = (typeof LEAD_STATUSES)[number]

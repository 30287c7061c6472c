export const ROLES = ['ADMIN', 'USER', 'AUDITOR'] as const
export type Role = (typeof ROLES)[number]

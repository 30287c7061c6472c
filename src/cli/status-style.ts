import type { Style } from './blocks.ts'

const STYLES: Readonly<Record<string, Style>> = {
  FINISHED: 'green',
  DELIVERED: 'green',
  READ: 'green',
  FAILED: 'red',
  ERROR: 'red',
  PAUSED: 'yellow',
  IN_DOUBT: 'yellow',
  PENDING_APPROVAL: 'yellow',
  CANCELLED: 'dim',
}

/** The colour of a status of a campaign or a lead at a terminal. */
export function statusStyle(status: string): Style | undefined {
  return STYLES[status]
}

/** A lead's statuses. LEAD_TRANSITIONS is the table of their transitions; only the functions of this folder write them. */
export const LEAD_STATUSES = ['PENDING', 'SENDING', 'SENT', 'DELIVERED', 'READ', 'ERROR', 'IN_DOUBT'] as const
export type LeadStatus = (typeof LEAD_STATUSES)[number]

/** What an import writes: a lead to send, or one that it refuses. */
export const IMPORTED_STATUSES = ['PENDING', 'ERROR'] as const satisfies readonly LeadStatus[]

interface Transition {
  from: readonly LeadStatus[]
  to: LeadStatus
}

export const LEAD_TRANSITIONS = {
  /** A claim has taken it: its request may be in flight from now on. */
  take: { from: ['PENDING'], to: 'SENDING' },
  /** The blocklist or the frequency cap refuses it at the claim. */
  refuse: { from: ['PENDING'], to: 'ERROR' },
  /** Its campaign was cancelled before it was sent. */
  cancel: { from: ['PENDING'], to: 'ERROR' },
  /** Its worker reported too late that it was not sent, and its campaign is over. */
  drop: { from: ['PENDING'], to: 'ERROR' },

  /** The broker took it. */
  accept: { from: ['SENDING'], to: 'SENT' },
  /** The broker refused it, or camp did because its text cannot be filled. */
  reject: { from: ['SENDING'], to: 'ERROR' },
  /** The broker certainly did not take it: it is sent again. */
  release: { from: ['SENDING'], to: 'PENDING' },
  /** It is unknown whether the broker took it, or its lease expired. */
  doubt: { from: ['SENDING'], to: 'IN_DOUBT' },

  /** A person, or its worker after the lease, says that the broker took it. */
  resolveSent: { from: ['IN_DOUBT'], to: 'SENT' },
  /** A person says that it was not sent, or its worker, after the lease, that the broker refused it. */
  resolveFailed: { from: ['IN_DOUBT'], to: 'ERROR' },
  /** A person wants it sent again, or its worker, after the lease, says that it was not taken. */
  resend: { from: ['IN_DOUBT'], to: 'PENDING' },
  /** It failed, and is to be sent again with a new approval. */
  retry: { from: ['ERROR'], to: 'PENDING' },

  /** A callback ends a doubt, or contradicts that it was not taken. */
  hearSent: { from: ['IN_DOUBT', 'PENDING', 'ERROR'], to: 'SENT' },
  /** A callback says that it was delivered. */
  hearDelivered: { from: ['SENT', 'IN_DOUBT', 'PENDING', 'ERROR'], to: 'DELIVERED' },
  /** A callback says that it was read. */
  hearRead: { from: ['DELIVERED', 'SENT', 'IN_DOUBT', 'PENDING', 'ERROR'], to: 'READ' },
  /** A callback says that it failed after the broker had taken it. */
  hearFailed: { from: ['SENT', 'IN_DOUBT', 'PENDING'], to: 'ERROR' },
} as const satisfies Record<string, Transition>

type Table = typeof LEAD_TRANSITIONS

/** The statuses that a settle gives to a SENDING lead. */
export type SettledLeadStatus = Table['accept' | 'reject' | 'release' | 'doubt']['to']

/** The statuses that a lead in doubt can be resolved to. */
export type ResolvedLeadStatus = Table['resolveSent' | 'resolveFailed' | 'resend']['to']

/** The status of a lead when its callbacks are applied: none is applied while it is SENDING. */
export type HeardLeadStatus = Exclude<LeadStatus, 'SENDING'>

import { t } from '../../language/text.ts'
import type { TwilioCredential } from './credential.ts'

interface Sender {
  /** For a person. */
  kind: string
  /** SMS, or WhatsApp messages, that it sends a second: Twilio queues what is faster. */
  perSecond: number
}

/**
 * The sender that Twilio uses for a credential, and the rate of its kind, unless `sender_rate` says it.
 * [assumptions, docs/wire/twilio.md#validity-and-rate]
 */
export function senderOf(credential: TwilioCredential): Sender {
  const { kind, perSecond } = usualSender(credential)
  return { kind, perSecond: credential.sender_rate ?? perSecond }
}

function usualSender({ channel, from = '', messaging_service_sid }: TwilioCredential): Sender {
  if (channel === 'whatsapp') return { kind: t`the WhatsApp sender`, perSecond: 80 }
  // Its senders are not known here: a single long code is assumed.
  if (messaging_service_sid !== undefined) return { kind: t`the Messaging Service`, perSecond: 1 }
  if (/^\d+$/.test(from)) return { kind: t`the short code`, perSecond: 30 }
  if (!from.startsWith('+')) return { kind: t`the alphanumeric sender`, perSecond: 10 }
  if (TOLL_FREE.test(from)) return { kind: t`the toll-free number`, perSecond: 3 }
  return { kind: t`the long code`, perSecond: 1 }
}

/** Of the United States and Canada. */
const TOLL_FREE = /^\+18(?:00|33|44|55|66|77|88)/

import { numberText } from '../../language/format.ts'
import { t } from '../../language/text.ts'
import type { Objection, PlannedSending } from '../port.ts'
import { isSid, type TwilioCredential } from './credential.ts'
import { senderOf } from './sender.ts'

/** What Twilio would refuse of a whole campaign, or let expire in its queue (docs/wire/twilio.md#validity-and-rate). */
export function objection(campaign: PlannedSending, credential: TwilioCredential): Objection | undefined {
  return againstContent(campaign, credential) ?? againstPace(campaign, credential)
}

function againstContent({ template }: PlannedSending, credential: TwilioCredential): Objection | undefined {
  const { channel, content_sid } = credential
  if (channel === 'whatsapp' && template === null) {
    return {
      code: 'MESSAGE_KIND_REFUSED',
      reason: t`WhatsApp accepts only approved templates, not free text, outside the 24 hours after a person's message`,
      hint: t`Choose a template with --template CODE. See: camp template list`,
    }
  }
  if (template !== null && content_sid === undefined && !isSid('HX', template)) {
    return {
      code: 'MESSAGE_KIND_REFUSED',
      reason: t`the code of template "${template}" is not a Twilio ContentSid: HX and 32 hexadecimal digits`,
      hint: t`Add the template with that code, or set it for all: camp credential set WALLET BROKER content_sid=HX…`,
    }
  }
  return undefined
}

/**
 * What is handed over faster than the sender sends waits at Twilio; the last message waits longest, and fails if that is longer
 * than its validity.
 */
function againstPace(campaign: PlannedSending, credential: TwilioCredential): Objection | undefined {
  const { messages, segments, perSecond } = campaign
  const { kind, perSecond: senderRate } = senderOf(credential)
  const sentAfter = segments / senderRate
  const handedOverAfter = perSecond === null ? 0 : messages / perSecond
  const waits = Math.ceil(sentAfter - handedOverAfter)
  if (waits <= credential.validity) return undefined
  const [count, sms] = [numberText(messages), numberText(segments)]
  const amount = segments === messages ? t`${count} messages` : t`${count} messages (${sms} SMS)`
  const most = Math.floor((messages / segments) * senderRate * 1000) / 1000
  return {
    code: 'SENDER_TOO_SLOW',
    reason: t`Twilio would drop many of ${amount}: ${kind} sends ${senderRate} a second, so the last would wait
      ${numberText(waits)} s in Twilio's queue, and the validity is ${numberText(credential.validity)} s`,
    hint: t`Import with --throttle, or slow down: camp broker set BROKER --rate ${most}/s. If the sender is faster:
      camp credential set WALLET BROKER sender_rate=N; to let messages wait longer: validity=SECONDS.`,
  }
}

/** What a person should know of a valid credential. @param publicUrl CAMP_PUBLIC_URL */
export function warnings(credential: TwilioCredential, publicUrl: string | undefined): string[] {
  const { auth_token, from, messaging_service_sid } = credential
  const said: string[] = []
  if (from !== undefined && messaging_service_sid !== undefined)
    said.push(t`messaging_service_sid is used, and from is not: the Messaging Service chooses the sender`)
  if (auth_token === undefined)
    said.push(t`without auth_token no callback can be verified: Twilio's callbacks are refused, and messages stay SENT`)
  if (publicUrl !== undefined && new URL(publicUrl).hostname.includes('_')) {
    said.push(
      t`Twilio refuses every message (21609): the host of CAMP_PUBLIC_URL has an underscore, which it allows in no callback URL`,
    )
  }
  return said
}

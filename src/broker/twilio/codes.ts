import type { CodeTable } from '../codes.ts'

const TEN_MINUTES_MS = 10 * 60_000
const HOUR_MS = 60 * 60_000

const ACCOUNT = 'look at the account in the Twilio console'
const REGION = 'allow the region in the Twilio console: Messaging, Settings, Geo permissions'
const SENDER =
  'set from or messaging_service_sid to a sender of this account that sends on this channel: camp credential set'
const SERVICE = 'look at the sender pool of the Messaging Service in the Twilio console'
const TEMPLATE = 'look at the template in the Content Template Builder of the Twilio console'
const TRIAL = 'upgrade the trial account, or verify the number in the Twilio console'
const VARIABLES = 'compare --var with the variables of the template at Twilio'

/**
 * Twilio's codes, in answers and as ErrorCode in callbacks (docs/wire/twilio.md#codes): meanings from its error catalogue, classes
 * judged for people who are contacted once. A code of the 21 and 20 thousands comes in the answer, most others in a callback.
 */
export const TWILIO_CODES: CodeTable = {
  // The account and its key.
  '20003': {
    class: 'fatal',
    meaning: 'the account does not accept this key',
    cure: 'set the key: camp credential set',
  },
  '20005': { class: 'fatal', meaning: 'the account is not active', cure: ACCOUNT },
  '20404': { class: 'fatal', meaning: 'the account or the URL is unknown', cure: 'look at account_sid and url' },
  '20429': { class: 'wait', meaning: 'too many requests at once', afterMs: 5_000 },
  '30002': { class: 'fatal', meaning: 'the account is suspended', cure: ACCOUNT },
  '63001': { class: 'fatal', meaning: "the channel refuses the account's key", cure: ACCOUNT },
  '63020': { class: 'fatal', meaning: 'the Business Manager account has an error at Meta', cure: ACCOUNT },
  '63038': { class: 'wait', meaning: "the account's daily limit of messages is reached", afterMs: HOUR_MS },
  '63051': { class: 'fatal', meaning: 'the WhatsApp Business account is locked by Meta', cure: ACCOUNT },

  // The sender and its queue.
  '21212': { class: 'stop', meaning: 'From is not a valid number', cure: SENDER },
  '21601': { class: 'stop', meaning: 'From is not a number that takes SMS', cure: SENDER },
  '21603': { class: 'stop', meaning: 'From is missing', cure: SENDER },
  '21606': { class: 'record', meaning: 'From cannot send to this destination', byShare: true, cure: SENDER },
  '21607': { class: 'stop', meaning: 'From must be the number of the trial account', cure: TRIAL },
  '21611': { class: 'wait', meaning: "the sender's queue is full", afterMs: TEN_MINUTES_MS },
  '21657': { class: 'stop', meaning: 'the sender ID is invalid', cure: SENDER },
  '21701': { class: 'stop', meaning: 'the Messaging Service does not exist', cure: SENDER },
  '21702': { class: 'stop', meaning: 'the Messaging Service cannot send', cure: SERVICE },
  '21703': {
    class: 'record',
    meaning: 'no sender of the Messaging Service can send to it',
    byShare: true,
    cure: SERVICE,
  },
  '21704': { class: 'stop', meaning: 'the Messaging Service has no sender', cure: SERVICE },
  '21705': { class: 'stop', meaning: 'the Messaging Service is invalid', cure: SENDER },
  '21910': { class: 'stop', meaning: 'From and To are of different channels', cure: SENDER },
  '30018': { class: 'stop', meaning: 'the carrier requires a registered sender ID', cure: SENDER },
  '30024': { class: 'stop', meaning: 'the carrier does not know the sender ID', cure: SENDER },
  '63002': { class: 'stop', meaning: 'the channel does not know the sender', cure: SENDER },
  '63007': { class: 'stop', meaning: 'the account has no such sender on this channel', cure: SENDER },
  '63008': { class: 'stop', meaning: 'the channel is not set up correctly', cure: ACCOUNT },
  '63015': { class: 'stop', meaning: "the sender is Twilio's sandbox", cure: SENDER },
  '63022': { class: 'stop', meaning: "the certificate of the sender's name is invalid", cure: ACCOUNT },
  '63026': { class: 'stop', meaning: "the sender's messages are reported as spam", cure: ACCOUNT },

  // The content, the callback URL and the region: what all messages of a campaign share.
  '21408': { class: 'record', meaning: 'the account may not send to this region', byShare: true, cure: REGION },
  '21609': { class: 'stop', meaning: 'Twilio does not accept the callback URL', cure: 'look at CAMP_PUBLIC_URL' },
  '21654': { class: 'stop', meaning: 'ContentSid is missing', cure: TEMPLATE },
  '21655': { class: 'stop', meaning: 'ContentSid is invalid', cure: TEMPLATE },
  '21656': { class: 'record', meaning: 'ContentVariables are invalid', byShare: true, cure: VARIABLES },
  '30007': {
    class: 'record',
    meaning: 'filtered by Twilio or the carrier',
    byShare: true,
    cure: 'change the text or the sender',
  },
  '63013': { class: 'record', meaning: "against the channel's rules", byShare: true, cure: TEMPLATE },
  '63016': {
    class: 'stop',
    meaning: 'free text outside the 24-hour window',
    cure: 'send a template: --template CODE',
  },
  '63027': { class: 'stop', meaning: 'the template does not exist in this language', cure: TEMPLATE },
  '63028': { class: 'stop', meaning: 'the number of variables is not that of the template', cure: VARIABLES },
  '63040': { class: 'stop', meaning: 'Meta rejected the template', cure: TEMPLATE },
  '63041': { class: 'stop', meaning: 'Meta paused the template', cure: TEMPLATE },
  '63042': { class: 'stop', meaning: 'Meta disabled the template', cure: TEMPLATE },

  // The recipient asked for it.
  '21610': { class: 'opt-out', meaning: 'the recipient replied STOP' },
  '63014': { class: 'opt-out', meaning: 'the recipient blocked the sender' },

  // One recipient, for good.
  '21211': { class: 'record', meaning: 'To is not a valid number' },
  '21214': { class: 'record', meaning: 'To cannot be reached' },
  '21217': { class: 'record', meaning: 'To does not look like a number' },
  '21265': { class: 'record', meaning: 'To is a short code' },
  '21608': { class: 'record', meaning: 'a trial account has not verified To', byShare: true, cure: TRIAL },
  '21612': { class: 'record', meaning: 'To cannot be reached by SMS from this sender' },
  '21614': { class: 'record', meaning: 'To is not a mobile number' },
  '21617': { class: 'record', meaning: 'the text has more than 1,600 characters' },
  '21635': { class: 'record', meaning: 'To is a landline' },
  '30004': { class: 'record', meaning: 'blocked at the recipient or the carrier' },
  '30005': { class: 'record', meaning: 'the number is unknown or no longer in service' },
  '30006': { class: 'record', meaning: 'a landline, or a carrier that cannot be reached' },
  '63003': { class: 'record', meaning: 'the channel does not know the recipient' },
  '63024': { class: 'record', meaning: 'the recipient is invalid on this channel' },
  '63031': { class: 'record', meaning: 'To is the sender itself' },
  '63032': { class: 'record', meaning: 'WhatsApp does not deliver to this person' },
  '63033': { class: 'record', meaning: 'the recipient blocked the sender' },
  '63036': { class: 'record', meaning: 'the number cannot be reached on this channel' },

  // One recipient, this time.
  '30001': { class: 'later', meaning: "the sender's queue was full" },
  '30003': { class: 'later', meaning: 'the handset is off or out of reach' },
  '30008': { class: 'later', meaning: 'not delivered, for an unknown reason' },
  '30017': { class: 'later', meaning: "the carrier's network is congested" },
  '30022': { class: 'later', meaning: "faster than the carrier's rate" },
  '30036': {
    class: 'later',
    meaning: 'not sent within its validity',
    cure: 'lower the rate (camp broker set --rate), or raise validity',
  },
  '30410': { class: 'later', meaning: 'the carrier did not answer in time' },
  '63009': { class: 'later', meaning: "the channel's server failed" },
  '63010': { class: 'later', meaning: "Twilio's own fault" },
  '63012': { class: 'later', meaning: "the channel's service failed" },
  '63017': { class: 'later', meaning: "faster than the account's rate" },
  '63018': { class: 'later', meaning: "faster than the channel's rate" },
  '63023': { class: 'later', meaning: 'an error of the channel without a reason' },
  '63049': { class: 'later', meaning: 'Meta chose not to deliver this marketing message', afterMs: 24 * HOUR_MS },
}

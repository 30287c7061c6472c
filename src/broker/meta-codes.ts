import type { CodeRule, CodeTable } from './codes.ts'

const TEMPLATE = 'Compare the template and its values with the one at WhatsApp; then resume.'
const KEY = 'Set a valid token with its permissions (camp credential set); then resume.'
const ACCOUNT = 'Look at the account in WhatsApp Manager, or ask the broker; then resume.'
const PAYMENT = 'Settle the payment at Meta or at the broker; then resume.'

/**
 * Meta's codes for WhatsApp messages, as brokers pass them on (docs/wire/gupshup.md#codes). Meanings: Meta's error reference, and a
 * public client of its API that repeats it; those of 17, 33, 100, 133004 to 133010 and 134011 are assumptions. Classes:
 * assumptions, where Meta names no consequence. Meta advises to decide by the code, never by its text.
 */
export const META_CODES: CodeTable = {
  // Nothing was taken: the number or the account has to wait.
  4: wait('the app has made too many calls', 60_000),
  17: wait('the user has made too many calls', 60_000),
  80007: wait('the WhatsApp account has reached its rate limit', 60_000),
  130429: wait('the number sends more messages a second than it may', 60_000),
  131057: wait('the account is in maintenance', 600_000),
  133004: wait('WhatsApp’s server is not available', 600_000),

  // Meta does not say whether the message was taken.
  1: { class: 'doubt', meaning: 'an unknown error at Meta' },
  2: { class: 'doubt', meaning: 'Meta’s service is down' },
  131000: { class: 'doubt', meaning: 'Meta could not say what went wrong' },
  131016: { class: 'doubt', meaning: 'Meta’s service is overloaded or down' },

  // This recipient, for good or for now.
  131021: record('the recipient is the sender'),
  131026: record('not deliverable: not on WhatsApp, an old version of it, or its new terms were not accepted'),
  131030: record('the recipient is not on the test number’s list'),
  130472: record('the recipient is part of an experiment of Meta’s, and gets no such messages'),
  131047: record('more than 24 hours since the recipient’s last message: only a template may be sent'),
  131051: record('a type of message that WhatsApp does not support'),
  131052: record('media of the recipient could not be downloaded'),
  131062: record('the recipient can only be reached by a phone number'),
  137000: record(
    'the recipient’s identity key is not the known one: WhatsApp was installed again, or another device is used',
  ),
  131049: {
    class: 'later',
    meaning: 'Meta chose not to deliver it, to keep the number of marketing messages to this person low',
    afterMs: 24 * 3_600_000,
  },
  // A limit of this pair of numbers: the credential's other recipients need not wait.
  131056: {
    class: 'later',
    meaning: 'too many messages to this recipient from this number in a short time',
    afterMs: 60_000,
  },
  131050: { class: 'opt-out', meaning: 'the person stopped marketing messages of this sender' },

  // The template, or the values that it gets: one message with such a value is its recipient's.
  100: valueOrTemplate('a parameter is not valid'),
  131008: valueOrTemplate('a required parameter is missing'),
  131009: valueOrTemplate('the value of a parameter is not valid'),
  131053: valueOrTemplate('the media of the header could not be uploaded'),
  132000: stop('the number of values differs from the template’s'),
  132001: stop('the template does not exist in this language, or is not approved'),
  132005: valueOrTemplate('the text with its values is too long'),
  132007: stop('the template’s content violates WhatsApp’s policy'),
  132008: valueOrTemplate('a value is formatted in a way that the template does not allow'),
  132012: valueOrTemplate('a value has another format than the template wants'),
  132015: stop(
    'the template is paused because of low quality',
    'Wait until Meta ends the pause, or improve the template; then resume.',
  ),
  132016: stop('the template is disabled permanently: it was paused too often', 'Use another template.'),
  132068: stop('the flow of the template is blocked'),

  // The key, the payment or the account.
  0: fatal('the token could not be verified', KEY),
  3: fatal('the app lacks a capability or permission', KEY),
  10: fatal('the app lacks a permission', KEY),
  33: fatal('the sender’s number does not exist, or was deleted', ACCOUNT),
  190: fatal('the token has expired', KEY),
  ...permissions(),
  368: fatal('the account is restricted or disabled for a violation of policy', ACCOUNT),
  130497: fatal('the account may not write to people in this country', ACCOUNT),
  131005: fatal('the token lacks a permission', KEY),
  131031: fatal('the account is locked: restricted, disabled, or its data could not be verified', ACCOUNT),
  131037: fatal('the number has no approved display name', ACCOUNT),
  131042: fatal('the account has a problem with its payment method', PAYMENT),
  131044: fatal('the account has a problem with its payment method', PAYMENT),
  131045: fatal('the number is not registered correctly', ACCOUNT),
  131048: fatal('the number is restricted: too many of its messages were blocked or reported as spam', ACCOUNT),
  131063: fatal('marketing templates are disabled for this route: they must go to Marketing Messages', ACCOUNT),
  131064: fatal('the account has reached its messaging limit, because templates had the wrong category', ACCOUNT),
  133006: fatal('the number must be verified', ACCOUNT),
  133008: fatal('the number’s PIN was guessed too often', ACCOUNT),
  133009: fatal('the number’s PIN was entered too fast', ACCOUNT),
  133010: fatal('the number is not registered', ACCOUNT),
  134011: fatal('the account has not accepted WhatsApp’s terms of payment', ACCOUNT),
}

/** Meta keeps 200 to 299 for permissions. */
function permissions(): CodeTable {
  const codes = Array.from({ length: 100 }, (_, i) => 200 + i)
  return Object.fromEntries(codes.map(code => [code, fatal('the token lacks a permission', KEY)]))
}

function wait(meaning: string, afterMs: number): CodeRule {
  return { class: 'wait', meaning, afterMs }
}

function record(meaning: string): CodeRule {
  return { class: 'record', meaning }
}

function stop(meaning: string, cure = TEMPLATE): CodeRule {
  return { class: 'stop', meaning, cure }
}

function valueOrTemplate(meaning: string): CodeRule {
  return { ...record(meaning), byShare: true, cure: TEMPLATE }
}

function fatal(meaning: string, cure: string): CodeRule {
  return { class: 'fatal', meaning, cure }
}

import type { CodeTable } from '../codes.ts'
import { META_CODES } from '../meta-codes.ts'

const TEMPLATE = 'Compare the template with the one at Gupshup; then resume.'
const APP = 'Compare app_name, source and the key with the app at Gupshup (camp credential set); then resume.'
const WALLET = 'Add credit to the wallet at Gupshup; then resume.'

/**
 * Gupshup's codes, Meta's that it passes on, and the codes that camp gives to the texts of its answers (docs/wire/gupshup.md#codes).
 * Codes 500 to 4005 and their meanings are the vendor's; all classes are assumptions.
 */
export const GUPSHUP_CODES: CodeTable = {
  ...META_CODES,
  500: { class: 'later', meaning: 'an internal error at Gupshup', afterMs: 3_600_000 },
  1001: { class: 'record', byShare: true, meaning: 'the sender and the app do not belong together', cure: APP },
  1002: { class: 'record', meaning: 'the number is not on WhatsApp' },
  1003: { class: 'fatal', meaning: 'the balance of the wallet is too low', cure: WALLET },
  1004: { class: 'stop', meaning: 'templates are disabled', cure: TEMPLATE },
  1005: { class: 'stop', meaning: 'no template matches the message', cure: TEMPLATE },
  1006: { class: 'record', meaning: 'the person has not opted in for templates' },
  1007: { class: 'record', meaning: 'the person has not opted in, and no template matches' },
  1008: { class: 'record', meaning: 'the person has not opted in' },
  1009: { class: 'record', byShare: true, meaning: 'a required parameter is missing', cure: TEMPLATE },
  1010: { class: 'stop', meaning: 'the URL of the media is not valid', cure: TEMPLATE },
  1011: { class: 'stop', meaning: 'the media is too large', cure: TEMPLATE },
  1012: { class: 'opt-out', meaning: 'the person has opted out' },
  4001: {
    class: 'stop',
    meaning: 'Gupshup limits the rate, and asks to stop sending',
    cure: 'Lower the rate (camp broker set --rate), or ask Gupshup; then resume.',
  },
  4002: { class: 'later', meaning: 'WhatsApp’s answer was not valid', afterMs: 3_600_000 },
  4003: { class: 'stop', meaning: 'no template matches the message', cure: TEMPLATE },
  4004: { class: 'stop', meaning: 'this type of message needs an app on Meta’s cloud', cure: TEMPLATE },
  4005: { class: 'stop', meaning: 'the template is paused', cure: 'Wait until the pause ends; then resume.' },
  HTTP_401: { class: 'fatal', meaning: 'Gupshup does not accept the key', cure: APP },

  INVALID_APP_DETAILS: { class: 'fatal', meaning: 'Gupshup does not know this app with this sender', cure: APP },
  CALLBACK_BILLING_DISABLED: {
    class: 'fatal',
    meaning: 'callback billing is not enabled for the app',
    cure: 'Have Gupshup enable it; then resume.',
  },
  APP_NOT_ON_CLOUD: {
    class: 'fatal',
    meaning: 'the app is not one of Meta’s cloud',
    cure: 'Have Gupshup move the app, or set mode=self-serve; then resume.',
  },
  PORTAL_USER_NOT_FOUND: {
    class: 'fatal',
    meaning: 'Gupshup does not know the key on this route',
    cure: 'Set a key of this account, or mode=partner for a partner’s app (camp credential set); then resume.',
  },
  TEMPLATE_UNUSABLE: { class: 'stop', meaning: 'the template cannot be used', cure: TEMPLATE },
}

/** Texts of answers that have no code. The first four are the vendor's or were seen; the others are assumptions. */
const TEXTS: readonly (readonly [RegExp, string])[] = [
  [/invalid app details/i, 'INVALID_APP_DETAILS'],
  [/callback billing must be enabled/i, 'CALLBACK_BILLING_DISABLED'],
  [/not of the expected type for this api/i, 'APP_NOT_ON_CLOUD'],
  [/portal user not found/i, 'PORTAL_USER_NOT_FOUND'],
  [/\bapi rate limited\b/i, '4001'],
  [/\bwallet balance\b/i, '1003'],
  [/\bopted out\b/i, '1012'],
  [
    /\btemplate\b.{0,60}\b(not found|does not exist|disabled|paused|not approved|did not match)\b/i,
    'TEMPLATE_UNUSABLE',
  ],
]

/**
 * The code of an answer's text: one of the table, else the text itself as a word (INVALID_DESTINATION), without its numbers, so that
 * the same error of many recipients has one code.
 */
export function codeOfText(text: string): string {
  const known = TEXTS.find(([pattern]) => pattern.test(text))
  if (known) return known[1]
  const words = text.toUpperCase().match(/[A-Z]+/g) ?? []
  return words.join('_').slice(0, LONGEST_CODE) || 'ERROR'
}

const LONGEST_CODE = 40

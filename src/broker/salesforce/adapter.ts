import { t } from '../../language/text.ts'
import type { Adapter, TestResult } from '../port.ts'
import { MANY_EVENTS_BYTES } from '../wire-format.ts'
import { callback } from './callback.ts'
import { closing } from './closing.ts'
import { CODES } from './codes.ts'
import { credential, type SalesforceCredential, SECRETS } from './credential.ts'
import { isPasswordLogin, PASSWORD_ENDS } from './login.ts'
import { send, TIMEOUT_MS } from './send.ts'
import { CORE, freshToken, MARKETING_CLOUD, type TokenRefusal } from './token.ts'

/**
 * Salesforce (docs/wire/salesforce.md), in two phases: contacts are imported into the CRM with a flag, up to 200 per request;
 * then one run of a Marketing Cloud automation writes to every flagged contact. The text is part of the automation, not of the
 * campaign.
 */
export const salesforce: Adapter<SalesforceCredential> = {
  name: 'SALESFORCE',
  credential,
  secrets: SECRETS,
  content: 'NONE',
  messagesPerRequest: 200,
  oneTextPerRequest: false,
  documentRequired: true,
  timeoutMs: TIMEOUT_MS,
  // Events name the contact, not our key.
  correlatesByProviderId: true,
  callbackBytes: MANY_EVENTS_BYTES,
  codes: CODES,
  send,
  closing,
  callback,
  warnings,

  async test(given, http) {
    for (const cloud of [CORE, MARKETING_CLOUD]) {
      const token = await freshToken(cloud, given, http)
      if (token.kind !== 'TOKEN') return failed(token)
    }
    const seen = await closing.look!(given, http)
    if (seen.kind !== 'SEEN') return failed(seen)
    return { ok: true, detail: t`Salesforce and Marketing Cloud both issue a token, and the automation exists` }
  },
}

function failed({ kind, reason }: TokenRefusal): TestResult {
  return { ok: false, cause: kind === 'FATAL' ? 'REFUSED' : 'UNREACHABLE', detail: reason }
}

function warnings(credential: SalesforceCredential): string[] {
  return [
    ...(isPasswordLogin(credential)
      ? [
          t`the login with a password (auth=password) stops working on ${PASSWORD_ENDS}: Salesforce switches that flow off.
          Use auth=client_credentials or auth=jwt`,
        ]
      : []),
    ...(credential.field_contract === undefined
      ? [t`idcob_contrato does not reach Salesforce until field_contract is set`]
      : []),
  ]
}

import { adapterOf } from '../../src/broker/registry.ts'
import { credential as schema } from '../../src/broker/salesforce/credential.ts'
import { CORE, freshToken } from '../../src/broker/salesforce/token.ts'
import { runAutomation, SALESFORCE_SECRETS, salesforceCredential } from '../support/salesforce.ts'
import { adapterContract, type Subject } from './adapter.ts'

const subject: Subject = {
  adapter: await adapterOf('SALESFORCE'),
  credential: url => salesforceCredential(url),
  secrets: SALESFORCE_SECRETS,
  keyOf: ({ phone }) => phone,
  refusal: { code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION' },
  // Salesforce's own code decides.
  poisoned: { kind: 'REJECTED', code: 'JSON_PARSER_ERROR' },
  prepare: (credential, http) => freshToken(CORE, schema.parse(credential), http),
  deliver: url => runAutomation(url, salesforceCredential(url).automation_id),
  // The first refusal may only mean that the token has ended.
  refusals: 2,
  // Records carry no key: with one too few, no place can be trusted.
  missing: { kind: 'IN_DOUBT' },
}

adapterContract('SALESFORCE', subject)

adapterContract('SALESFORCE, upserting', {
  ...subject,
  credential: url => salesforceCredential(url, { external_id_field: 'Chave_Camp__c', url }),
  keyOf: ({ leadId }) => leadId,
})

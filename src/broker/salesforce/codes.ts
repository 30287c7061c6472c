import type { CodeRule, CodeTable } from '../codes.ts'

/** Requests of 24 hours become available gradually, and asking sooner would use them up. */
export const LIMIT_PAUSE_MS = 15 * 60_000
/** A server that is busy for seconds, and one that is under maintenance for longer (docs/wire/salesforce.md#codes: assumed). */
const BUSY_MS = 60_000
/** One record that another process holds must not hold up the credential for long. */
const LOCKED_MS = 5_000
const MAINTENANCE_MS = 10 * 60_000

const ofRecord = (meaning: string): CodeRule => ({ class: 'record', meaning })
/** About the record if few records have it, about the org if many have it. */
const byShare = (meaning: string, cure: string): CodeRule => ({ class: 'record', byShare: true, meaning, cure })
const wait = (meaning: string, afterMs: number): CodeRule => ({ class: 'wait', meaning, afterMs })
const fatal = (meaning: string, cure: string): CodeRule => ({ class: 'fatal', meaning, cure })

const FIELDS =
  'compare object, field_* and extra_fields of the credential with the API names in the org: camp credential set'
const ACCESS = 'give the user of the connected app the right to write these objects and fields'
const RULE = 'compare the validation and duplicate rules of the org with what is sent'

/**
 * Salesforce's status codes of a record and error codes of a request. The names are Salesforce's (its WSDL); what follows from each is
 * camp's judgement (docs/wire/salesforce.md#codes).
 */
export const CODES: CodeTable = {
  // The org or the request: no record can pass until someone acts.
  STORAGE_LIMIT_EXCEEDED: fatal('the data storage of the org is full', 'free or buy storage in the org'),
  LIMIT_EXCEEDED: fatal(
    'a limit of the org is reached',
    'see the limit that the message names, in the setup of the org',
  ),
  INVALID_FIELD: fatal('the org has no such field, or the user does not see it', FIELDS),
  INVALID_TYPE: fatal('the org has no such object, or the user does not see it', FIELDS),
  FUNCTIONALITY_NOT_ENABLED: fatal('the org has not switched this function on', ACCESS),
  API_DISABLED_FOR_ORG: fatal('the API is not switched on for the org or the user', ACCESS),
  API_CURRENTLY_DISABLED: fatal('the API is switched off for this user', ACCESS),
  INVALID_SESSION_ID: fatal('the token is refused, also a new one', 'test the login: camp credential test'),
  NOT_FOUND: fatal('the address has no such resource', 'correct url, api_version, object and external_id_field'),
  // For now.
  INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE: wait('the org is under maintenance', MAINTENANCE_MS),
  SERVER_UNAVAILABLE: wait('the server is too busy', BUSY_MS),
  UNABLE_TO_LOCK_ROW: wait('another process holds the record', LOCKED_MS),
  REQUEST_LIMIT_EXCEEDED: wait("the org's API requests of 24 hours are used up", LIMIT_PAUSE_MS),
  REQUEST_RUNNING_TOO_LONG: wait('the request took the server too long', BUSY_MS),
  QUERY_TIMEOUT: wait('a query of the org took too long', BUSY_MS),
  MATCH_SERVICE_UNAVAILABLE_ERROR: wait('the check for duplicates is not available', BUSY_MS),
  ALREADY_IN_PROCESS: wait('the same record is being written', LOCKED_MS),
  // One record, or all of them.
  JSON_PARSER_ERROR: byShare('a value is not of the type of its field', FIELDS),
  INSUFFICIENT_ACCESS: byShare('the user may not write the record', ACCESS),
  INSUFFICIENT_ACCESS_OR_READONLY: byShare('the user may not write the record', ACCESS),
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: byShare(
    'the user may not use a record that this one refers to',
    ACCESS,
  ),
  CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY: byShare('a trigger or a flow of the org refuses the record', RULE),
  INVALID_FIELD_FOR_INSERT_UPDATE: byShare('a field may not be written', FIELDS),
  REQUIRED_FIELD_MISSING: byShare('the org requires a field that is not sent', FIELDS),
  FIELD_INTEGRITY_EXCEPTION: byShare('a value does not fit its field', FIELDS),
  INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST: byShare('a value is not in the list of its field', FIELDS),
  DUPLICATES_DETECTED: byShare(
    'a duplicate rule of the org refuses the record',
    'duplicates=save in the credential saves it anyway: several contracts of one person are usual',
  ),
  DUPLICATE_VALUE: byShare('a field that must be unique has this value in another record', RULE),
  // The record alone.
  FIELD_CUSTOM_VALIDATION_EXCEPTION: ofRecord('a validation rule of the org refuses the record'),
  STRING_TOO_LONG: ofRecord('a value is longer than its field'),
  INVALID_EMAIL_ADDRESS: ofRecord('an e-mail address is invalid'),
  NUMBER_OUTSIDE_VALID_RANGE: ofRecord('a number is outside the range of its field'),
}

import { createVerify, generateKeyPairSync } from 'node:crypto'

/** The logins of the tests' Salesforce org (salesforce-org.ts): what its connected app takes, for each OAuth flow. */
export const APP = {
  client: '3MVG9.FICTITIOUS.CLIENT',
  secret: 'fictitious core secret/+=',
  user: 'camp@example.com',
  password: 'fictitious-password+token',
}

export interface Reply {
  status: number
  body: unknown
  headers?: Record<string, string>
}

interface LoginSettings {
  now: () => Date
  /** Whether the user has approved the connected app, and may use it. */
  approved: boolean
  appAccess: boolean
}

/** The key=value pairs of each way to log in. */
export const LOGINS = {
  password: { username: APP.user, password: APP.password },
  client_credentials: {},
  jwt: (org: { privateKey: string }) => ({ username: APP.user, private_key: org.privateKey, client_secret: undefined }),
}

/** The app's certificate, and the key that signs its assertions. */
export const keyPair = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

function oauth(error: string, error_description = error.replaceAll('_', ' ')): Reply {
  return { status: 400, body: { error, error_description } }
}

/** @returns undefined if the grant is right */
export function refusalOfGrant(set: LoginSettings, form: URLSearchParams): Reply | undefined {
  const isClient = form.get('client_id') === APP.client && form.get('client_secret') === APP.secret
  switch (form.get('grant_type')) {
    case 'password':
      if (!isClient) return oauth('invalid_client_id')
      if (form.get('username') !== APP.user || form.get('password') !== APP.password)
        return oauth('invalid_grant', 'authentication failure')
      return undefined
    case 'client_credentials':
      return isClient ? undefined : oauth('invalid_client')
    case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
      return refusalOfAssertion(set, form.get('assertion') ?? '')
    default:
      return oauth('unsupported_grant_type')
  }
}

const MOST_S = 180

function refusalOfAssertion(set: LoginSettings, assertion: string): Reply | undefined {
  const [header = '', claims = '', signature = '', ...rest] = assertion.split('.')
  const isSigned = createVerify('RSA-SHA256')
    .update(`${header}.${claims}`)
    .verify(keyPair.publicKey, Buffer.from(signature, 'base64url'))
  if (rest.length > 0 || !isSigned || decoded(header).alg !== 'RS256')
    return oauth('invalid_grant', 'invalid assertion')
  const { iss, sub, aud, exp } = decoded(claims)
  const leftS = Number(exp) - set.now().getTime() / 1000
  if (iss !== APP.client) return oauth('invalid_client_id')
  if (sub !== APP.user) return oauth('invalid_grant', 'user does not exist')
  if (aud !== 'https://login.salesforce.com') return oauth('invalid_grant', 'audience is invalid')
  if (!(leftS > 0 && leftS <= MOST_S)) return oauth('invalid_grant', 'expired authorization code')
  if (!set.approved) return oauth('invalid_grant', "user hasn't approved this consumer")
  return set.appAccess ? undefined : oauth('invalid_app_access', 'user is not admin approved to access this app')
}

function decoded(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>
}

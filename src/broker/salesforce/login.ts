import { createPrivateKey, sign } from 'node:crypto'
import { z } from 'zod'
import { t } from '../../language/text.ts'
import { filled, httpUrl } from '../credential-fields.ts'

/** The ways to log in to the CRM (docs/wire/salesforce.md#core-token): each is an OAuth grant type. */
const AUTHS = ['password', 'client_credentials', 'jwt'] as const
type Auth = (typeof AUTHS)[number]

/** The day on which Salesforce switches the username-password flow off, "no extension or exception process". */
export const PASSWORD_ENDS = '2027-02-20'

const LEAST_BITS = 2048

/** An RSA key in PEM. A line break may be written as \n: a PEM on one line. */
const rsaKey = z.string().transform((text, context) => {
  const pem = text.replaceAll('\\r', '').replaceAll('\\n', '\n').trim()
  const flaw = flawOfKey(pem)
  if (flaw === undefined) return pem
  context.addIssue({ code: 'custom', message: flaw })
  return z.NEVER
})

function flawOfKey(pem: string): string | undefined {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem)
    if (asymmetricKeyType !== 'rsa') return t`must be an RSA key, and is of the type ${asymmetricKeyType ?? '?'}`
    const bits = asymmetricKeyDetails?.modulusLength ?? 0
    return bits < LEAST_BITS ? t`must have at least ${LEAST_BITS} bits, and has ${bits}` : undefined
  } catch {
    return t`must be a private key in PEM, without a passphrase`
  }
}

/** Keys of the credential for the CRM's token: which of them are needed depends on `auth`. */
export const loginKeys = {
  token_url: httpUrl,
  /** Absent: by what is given (`authOf`). */
  auth: z.enum(AUTHS).optional(),
  client_id: filled,
  client_secret: filled.optional(),
  username: filled.optional(),
  /** Followed by the user's security token. */
  password: filled.optional(),
  private_key: rsaKey.optional(),
  /** The claim `aud`; absent: login.salesforce.com or, for a sandbox, test.salesforce.com. */
  jwt_audience: httpUrl.optional(),
}

type LoginKeys = z.infer<z.ZodObject<typeof loginKeys>>

interface Rule {
  needs: readonly (keyof LoginKeys)[]
  /** Keys of another way to log in: given, they contradict. */
  excludes: readonly (keyof LoginKeys)[]
}

const RULES: Readonly<Record<Auth, Rule>> = {
  password: { needs: ['client_secret', 'username', 'password'], excludes: ['private_key', 'jwt_audience'] },
  client_credentials: {
    needs: ['client_secret'],
    excludes: ['username', 'password', 'private_key', 'jwt_audience'],
  },
  // The secret of a Connected App is not used, and does not contradict.
  jwt: { needs: ['username', 'private_key'], excludes: ['password'] },
}

function authOf({ auth, private_key, username, password }: LoginKeys): Auth {
  if (auth !== undefined) return auth
  if (private_key !== undefined) return 'jwt'
  return username === undefined && password === undefined ? 'client_credentials' : 'password'
}

/** Hosts that all orgs share: the client-credentials flow needs the org's own (My Domain). */
const SHARED_HOSTS = ['login.salesforce.com', 'test.salesforce.com']

/** Names each key that is missing for its way to log in, or contradicts it. */
export function checkLogin(given: LoginKeys, context: z.RefinementCtx): void {
  const auth = authOf(given)
  const { needs, excludes } = RULES[auth]
  for (const key of needs) {
    if (given[key] === undefined)
      context.addIssue({ code: 'custom', path: [key], message: t`is needed for auth=${auth}` })
  }
  for (const key of excludes) {
    if (given[key] !== undefined)
      context.addIssue({ code: 'custom', path: [key], message: t`contradicts auth=${auth}: remove it (${key}=)` })
  }
  if (auth === 'client_credentials' && SHARED_HOSTS.includes(new URL(given.token_url).hostname)) {
    const message = t`must be on the org's My Domain, like https://NAME.my.salesforce.com/services/oauth2/token:
      auth=client_credentials does not work on login.salesforce.com and test.salesforce.com`
    context.addIssue({ code: 'custom', path: ['token_url'], message })
  }
}

export function isPasswordLogin(credential: LoginKeys): boolean {
  return authOf(credential) === 'password'
}

/** What a token depends on: two credentials with the same values use the same token. */
export function loginIdentity(credential: LoginKeys): readonly (string | undefined)[] {
  const { token_url, client_id, client_secret, username, password, private_key } = credential
  return [authOf(credential), token_url, client_id, client_secret, username, password, private_key]
}

/** The form of the token request. The schema holds that the keys are there (`checkLogin`). */
export function loginForm(credential: LoginKeys, now: Date): Record<string, string> {
  const { client_id, client_secret = '', username = '', password = '' } = credential
  switch (authOf(credential)) {
    case 'password':
      return { grant_type: 'password', client_id, client_secret, username, password }
    case 'client_credentials':
      return { grant_type: 'client_credentials', client_id, client_secret }
    case 'jwt':
      return { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: assertionOf(credential, now) }
  }
}

/** Salesforce refuses an assertion that is valid for more than three minutes; a minute is left for clocks that differ. */
const ASSERTION_S = 120

function assertionOf(credential: LoginKeys, now: Date): string {
  const { client_id: iss, username: sub, private_key = '' } = credential
  const exp = Math.floor(now.getTime() / 1000) + ASSERTION_S
  const signed = `${base64url({ alg: 'RS256' })}.${base64url({ iss, sub, aud: audienceOf(credential), exp })}`
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), private_key).toString('base64url')}`
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** A sandbox has test.salesforce.com, or a My Domain of the form NAME--BOX.sandbox.my.salesforce.com. */
function audienceOf({ jwt_audience, token_url }: LoginKeys): string {
  const host = new URL(token_url).hostname
  const isSandbox = host === 'test.salesforce.com' || host.endsWith('.sandbox.my.salesforce.com')
  return jwt_audience ?? `https://${isSandbox ? 'test' : 'login'}.salesforce.com`
}

/**
 * What a person does about a refused token request.
 * @param said the answer's body
 */
export function loginCure(credential: LoginKeys, said: string, now: Date): string | undefined {
  if (/hasn.{1,6}t approved this consumer/i.test(said) || said.includes('invalid_app_access')) {
    return (
      "pre-authorize the user in the app's policies at Salesforce (Permitted Users: admin approved users), and give the user " +
      "the app's profile or permission set"
    )
  }
  if (isPasswordLogin(credential) && now >= new Date(`${PASSWORD_ENDS}T00:00:00Z`)) {
    return `Salesforce has switched this flow off on ${PASSWORD_ENDS}: use auth=client_credentials or auth=jwt (docs/salesforce.md)`
  }
  return undefined
}

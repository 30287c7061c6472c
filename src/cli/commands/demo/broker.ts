import { CampError } from '../../../errors.ts'
import { t } from '../../../language/text.ts'

/** The message of the demo: the same for a reader, in the form that each broker takes. */
const TEXT = 'Olá {{nome}}, temos uma proposta para o seu contrato {{contrato}}.'
const TEMPLATE = { code: 'proposta_v1', content: 'Olá {{1}}, temos uma proposta para o seu contrato {{2}}.' } as const

export const DEMO_TEMPLATE = TEMPLATE

const asText = ['--message', TEXT]
/** For brokers that take one text per request: the number of different texts decides the number of requests. */
const asSharedText = ['--message', 'Olá {{nome}}, temos uma proposta para você.']
const asTemplate = ['--template', TEMPLATE.code, '--var', '1=nome,2=contrato']

interface DemoBroker {
  /** The key=value pairs of its credential; every URL is that of the sandbox. */
  credential: (sandbox: string) => string[]
  /** The options of the import that give the content. */
  content: readonly string[]
  /** The callback URL is configured once at the broker (here in the sandbox), not sent with each message. */
  callsOneUrl?: boolean
  /** Messages per request, if it differs from the adapter's default. */
  maxBatch?: number
}

const BROKERS: Readonly<Record<string, DemoBroker>> = {
  SANDBOX: { credential: url => [`url=${url}`], content: asText, maxBatch: 500 },
  GOSAC: { credential: url => [`url=${url}/api/campaigns`, 'token=demo-token'], content: asSharedText },
  CDA: { credential: url => [`url=${url}/api/importar/campanha`, 'api_key=demo-key'], content: asSharedText },
  CDA_RCS: {
    credential: url => [`url=${url}/api/importarcs/importarRcsCampanhaAPI`, 'api_key=demo-key'],
    content: asSharedText,
  },
  NOAH: { credential: url => [`url=${url}/noah`, 'token=demo-token'], content: asText },
  SALESFORCE: {
    credential: url => [
      `token_url=${url}/services/oauth2/token`,
      'client_id=demo',
      'client_secret=demo-secret',
      'username=demo@example.com',
      'password=demo-password',
      'operacao=DEMO',
      'automation_id=demo-automation',
      `mc_token_url=${url}/v2/token`,
      'mc_client_id=demo',
      'mc_client_secret=demo-secret',
      `mc_api_url=${url}`,
      'closing_delay_minutes=0',
    ],
    content: [],
    callsOneUrl: true,
  },
  OTIMA_WPP: { credential: otima, content: asTemplate },
  OTIMA_RCS: { credential: otima, content: asTemplate },
  GUPSHUP: {
    credential: url => [
      `url=${url}/wa/api/v1/template/msg`,
      'api_key=demo-key',
      'source=5511900000099',
      'app_name=AppDemo',
    ],
    content: asTemplate,
    callsOneUrl: true,
  },
  META_WPP: {
    credential: url => [
      `url=${url}`,
      'access_token=demo-token',
      'phone_number_id=100000000000001',
      'app_secret=sandbox-app-secret',
      'verify_token=demo-verify-token',
    ],
    content: asTemplate,
    callsOneUrl: true,
  },
  TWILIO: {
    credential: url => [
      `url=${url}`,
      'account_sid=AC00000000000000000000000000000000',
      'auth_token=demo-auth-token',
      'from=+5511900000099',
    ],
    content: asText,
  },
}

function otima(url: string): string[] {
  return [`url=${url}`, 'token=demo-token', 'broker_code=5511900000099', 'customer_code=9001']
}

const DEMO_BROKERS = Object.keys(BROKERS)

/** @throws CampError USAGE if the demo does not know the broker */
export function demoBroker(name: string): DemoBroker {
  const broker = Object.hasOwn(BROKERS, name) ? BROKERS[name] : undefined
  if (broker) return broker
  throw new CampError('INVALID_ARGUMENT', t`the demo has no broker "${name}"`, {
    hint: t`Choose one of ${DEMO_BROKERS.join(', ')}.`,
  })
}
